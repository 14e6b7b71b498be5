/** `false-positive`: a person's verdict that nothing was wrong. */
import { line } from "../messages/message.ts";
import { nothing } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { misread, say } from "./says.ts";

export const falsePositive = command(
  {
    words: ["false-positive"],
    usage: "",
    help: "nothing was wrong",
    role: "known",
    scope: "propose",
    fits: ({ state }) => state !== "open",
    arguments: nothing,
    handle: onIncident((_, { actor }) => ({
      status: "done",
      deed: { kind: "judge", verdict: "false_positive" },
      says: say(
        line`Noted, ${actor.name}: nothing was wrong. Nothing is learned from it, and nothing else changes.`,
      ),
    })),
  },
  misread,
);
