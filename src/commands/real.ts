/** `real`: a person's verdict that it was a real fault. */
import { line } from "../messages/message.ts";
import { nothing } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { misread, say } from "./says.ts";

export const real = command(
  {
    words: ["real"],
    usage: "",
    help: "it was a real fault",
    role: "known",
    scope: "propose",
    fits: ({ state }) => state !== "open",
    arguments: nothing,
    handle: onIncident((_, { actor }) => ({
      status: "done",
      deed: { kind: "judge", verdict: "real" },
      says: say(
        line`Noted, ${actor.name}: it was real. Nothing is learned from it, and nothing else changes.`,
      ),
    })),
  },
  misread,
);
