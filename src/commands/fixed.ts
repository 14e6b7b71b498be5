/** `fixed`: records what repaired it. */
import { line } from "../messages/message.ts";
import { sentence } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { misread, say } from "./says.ts";

export const fixed = command(
  {
    words: ["fixed"],
    usage: "TEXT",
    help: "say what repaired it",
    role: "known",
    scope: "propose",
    arguments: sentence("the repair"),
    handle: onIncident((_, { actor }) => ({
      status: "done",
      deed: { kind: "say", about: "fixed" },
      says: say(
        line`Noted, ${actor.name}. Whether it is back to normal is judged by its own data; the ticket stays open until then.`,
      ),
    })),
  },
  misread,
);
