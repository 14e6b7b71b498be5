/** `cause`: records what broke it. Incidents with the same cause get the same KEY. */
import { line } from "../messages/message.ts";
import { sentence } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { misread, say } from "./says.ts";

export const cause = command(
  {
    words: ["cause"],
    usage: "[KEY:] TEXT",
    help: "say what broke it; KEY is the same for the same cause",
    role: "known",
    scope: "propose",
    arguments: sentence("the cause"),
    handle: onIncident((_, { actor }) => ({
      status: "done",
      deed: { kind: "say", about: "cause" },
      says: say(line`Noted, ${actor.name}: that is the cause from now on. The ticket says so.`),
    })),
  },
  misread,
);
