/** Makes the commands with which a person judges an incident. `help` shows them once the incident is not open. */
import type { PersonsVerdict } from "../incidents/deed.ts";
import { line, words } from "../messages/message.ts";
import { nothing } from "./arguments.ts";
import { type Command, command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { say } from "./says.ts";

interface VerdictSpec {
  readonly word: string;
  readonly verdict: PersonsVerdict;
  /** For help, in half a sentence; the answer repeats `noted`, or this. */
  readonly help: string;
  readonly noted?: string;
}

export function verdictCommand({ word, verdict, help, noted = help }: VerdictSpec): Command {
  return command({
    words: [word],
    usage: "",
    help,
    role: "known",
    scope: "propose",
    fits: ({ state }) => state !== "open",
    arguments: nothing,
    handle: onIncident((_, { actor }) => ({
      status: "done",
      deed: { kind: "judge", verdict },
      says: say(
        line`Noted, ${actor.name}: ${words(noted)}. Nothing is learned from it, and nothing else changes.`,
      ),
    })),
  });
}
