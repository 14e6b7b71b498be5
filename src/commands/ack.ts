/** `ack`: a person takes over the incident. */
import { formatDuration } from "../duration.ts";
import { line, words } from "../messages/message.ts";
import { clockTime } from "../messages/text.ts";
import { nothing } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { say, typed } from "./says.ts";

export const ack = command({
  words: ["ack", "acknowledge"],
  usage: "",
  help: "you have it",
  role: "known",
  scope: "act",
  fits: ({ state, people }) => state === "open" && people?.ack === undefined,
  arguments: nothing,
  handle: onIncident((_, { actor, nowMs, ackForMs }) => {
    const since = words(`${clockTime(nowMs)} UTC`);
    const has = line`${actor.name} has this since ${since}. Fixes go on as configured.`;
    const lapses = words(formatDuration(ackForMs));
    return {
      status: "done",
      deed: { kind: "acknowledge" },
      says: say(
        line`${has} It lapses when nothing happens for ${lapses}; give it back with ${typed("unack")}.`,
      ),
    };
  }),
});
