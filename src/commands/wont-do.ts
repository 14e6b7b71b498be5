/** `wont-do`: a person's verdict that nobody will act on it. */
import { line } from "../messages/message.ts";
import { nothing } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { misread, say } from "./says.ts";

export const wontDo = command(
  {
    words: ["wont-do"],
    usage: "",
    help: "nobody will do anything about it",
    role: "known",
    scope: "propose",
    fits: ({ state }) => state !== "open",
    arguments: nothing,
    handle: onIncident((_, { actor }) => ({
      status: "done",
      deed: { kind: "judge", verdict: "wont_do" },
      says: say(
        line`Noted, ${actor.name}: nobody will do anything about it. Nothing is learned from it, and nothing else changes.`,
      ),
    })),
  },
  misread,
);
