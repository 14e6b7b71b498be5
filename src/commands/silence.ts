/** `silence`: for a time the present fault is not reported, and no fix runs for it. Detection continues. */
import { z } from "zod";
import { silencedName, silenceOf } from "../incidents/silence.ts";
import { data, line, paragraph, words } from "../messages/message.ts";
import { untilTime } from "../messages/silence-text.ts";
import { command } from "./command.ts";
import { readForATime } from "./for-a-time.ts";
import { onIncident } from "./on-incident.ts";
import { refused, say, typed } from "./says.ts";

const shortestMs = 60_000;
const longestMs = 7 * 86_400_000;

const expected = "a time from 1m to 7d is expected, then the reason: 2h deploy";

export const silence = command({
  words: ["silence"],
  usage: "2h REASON",
  help: "hear nothing of it, and run nothing, for a time",
  role: "responder",
  scope: "act",
  asksFirst: "at P0",
  fits: ({ state, silence: given }) => state === "open" && given === undefined,
  arguments: z.string().max(1000, { error: "the reason is longer than 1000 characters" }),
  handle: onIncident((asked, { id, incident, actor, confirmed, nowMs }) => {
    const { forMs, reason } = readForATime(asked);
    if (forMs === undefined)
      return refused("bad_arguments", line`${words(expected)}. ${unchanged}`);
    if (forMs < shortestMs || forMs > longestMs)
      return refused("bad_arguments", line`a silence lasts from 1m to 7d. ${unchanged}`);
    if (reason === "")
      return refused(
        "bad_arguments",
        line`the reason is missing; ${words(expected)}. ${unchanged}`,
      );
    if (incident.state === "resolved")
      return refused("over", line`it is over, so there is nothing to silence.`);
    const untilMs = nowMs + forMs;
    const given = silenceOf(incident, { command: id, by: actor.name, atMs: nowMs, untilMs });
    const about = data(silencedName(given), 120);
    const until = words(untilTime(untilMs, nowMs));
    if (incident.severity === "P0" && !confirmed)
      return {
        status: "asks",
        question: paragraph(line`Silence a P0 until ${until}: ${about}?`),
      };
    const what = line`Quiet until ${until} for ${about} alone: no tickets, no comments, no runs.`;
    const goesOn = line`Still watched, and this ticket is kept up to date by edits. Told all the same: what is worse than ${words(given.severity)}, another feature, another model.`;
    const end = line`At the end what still goes on is told here. Undo: ${typed("unsilence")}.`;
    return {
      status: "done",
      deed: { kind: "silence", untilMs },
      says: say(line`${what} ${goesOn} ${end}`),
    };
  }),
});

const unchanged = words("Nothing was changed.");
