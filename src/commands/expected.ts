/**
 * `expected`: a person says that the change in the incident is intended. The command announces a marker for every
 * anomalous model. On an incident that is not open it is only a verdict.
 */
import { line, words } from "../messages/message.ts";
import { displayName } from "../messages/names.ts";
import { clockTime } from "../messages/text.ts";
import { nothing } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { refused, say } from "./says.ts";

export const expected = command({
  words: ["expected"],
  usage: "[REASON]",
  help: "it was changed on purpose: take it as the new normal",
  role: "responder",
  scope: "act",
  fits: ({ state }) => state === "open",
  arguments: nothing,
  handle: onIncident((_, { actor, incident, models, nowMs }) => {
    if (models.length === 0 && incident.state !== "open")
      return {
        status: "done",
        deed: { kind: "judge", verdict: "expected" },
        says: say(
          line`Noted, ${actor.name}: it was changed on purpose. It is over, so nothing else changes.`,
        ),
      };
    if (models.length === 0)
      return refused(
        "nothing_to_do",
        line`no model of it is broken now, so nothing is to be taken as normal.`,
      );
    const name = models.length === 1 ? displayName(incident.episode) : `${models.length} models`;
    const from = words(`${clockTime(nowMs)} UTC`);
    return {
      status: "done",
      deed: { kind: "expect", models },
      says: say(
        line`Taken as the new normal of ${name} from ${from}. What comes now is learned, and judged again after a few attributions. A later change is told anew.`,
      ),
    };
  }),
});
