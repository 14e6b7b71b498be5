/** Makes the commands that add a person's text to an incident. */
import type { Line } from "../messages/message.ts";
import { sentence } from "./arguments.ts";
import { type Command, command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { say } from "./says.ts";

interface RemarkSpec {
  /** Name of the command. The incident stores it as the topic of the text. */
  readonly word: string;
  /** Default `TEXT`. */
  readonly usage?: string;
  readonly help: string;
  /** What the text is, for the refusal of an empty text: `the impact`. */
  readonly text: string;
  /** @param by name of the person who gave the command */
  readonly answer: (by: string) => Line;
}

export function remarkCommand({ word, usage = "TEXT", help, text, answer }: RemarkSpec): Command {
  return command({
    words: [word],
    usage,
    help,
    role: "known",
    scope: "propose",
    arguments: sentence(text),
    handle: onIncident((_, { actor }) => ({
      status: "done",
      deed: { kind: "say", about: word },
      says: say(answer(actor.name)),
    })),
  });
}
