/** `note`: adds a sentence to the timeline. */
import { line } from "../messages/message.ts";
import { sentence } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { misread, say } from "./says.ts";

export const note = command(
  {
    words: ["note"],
    usage: "TEXT",
    help: "add a sentence to the timeline",
    role: "known",
    scope: "propose",
    arguments: sentence("the text"),
    handle: onIncident((_, { actor }) => ({
      status: "done",
      deed: { kind: "say", about: "note" },
      says: say(line`Noted, ${actor.name}. It stands in the timeline of the ticket.`),
    })),
  },
  misread,
);
