/** `impact`: records whom it hurts, and how. */
import { line } from "../messages/message.ts";
import { sentence } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { misread, say } from "./says.ts";

export const impact = command(
  {
    words: ["impact"],
    usage: "TEXT",
    help: "say whom it hurts, and how",
    role: "known",
    scope: "propose",
    arguments: sentence("the impact"),
    handle: onIncident((_, { actor }) => ({
      status: "done",
      deed: { kind: "say", about: "impact" },
      says: say(line`Noted, ${actor.name}. The ticket says it as the impact.`),
    })),
  },
  misread,
);
