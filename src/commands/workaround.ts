/** `workaround`: records how people get by meanwhile. */
import { line } from "../messages/message.ts";
import { sentence } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { misread, say } from "./says.ts";

export const workaround = command(
  {
    words: ["workaround"],
    usage: "TEXT",
    help: "say how people get by meanwhile",
    role: "known",
    scope: "propose",
    arguments: sentence("the workaround"),
    handle: onIncident((_, { actor }) => ({
      status: "done",
      deed: { kind: "say", about: "workaround" },
      says: say(line`Noted, ${actor.name}. The ticket shows it at the top.`),
    })),
  },
  misread,
);
