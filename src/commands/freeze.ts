/** `freeze`: for a time no fix runs, on any incident. Detection and tickets continue. */
import { z } from "zod";
import { newFreeze } from "../incidents/freeze.ts";
import { data, line, words } from "../messages/message.ts";
import { untilTime } from "../messages/silence-text.ts";
import { zonedTime } from "../zoned-time.ts";
import { command } from "./command.ts";
import { readForATime } from "./for-a-time.ts";
import { refused, say, typed } from "./says.ts";

/** Editors of trackers replace straight quotes by typographic ones. */
const quotedName = /^["“„]([^"“”„]*)["“”]\s*/;
const untilForm = /^until\s+(\S+)\s*/i;
const expected =
  "a time from 1m to 7d is expected, then the reason: 2h deploy, or until 2026-11-30T08:00Z deploy. Every freeze ends";

export const freeze = command({
  words: ["freeze"],
  usage: "2h REASON",
  help: "run no fix at all, for a time",
  role: "responder",
  scope: "act",
  holdsRuns: true,
  arguments: z.string().max(1200, { error: "the reason is longer than 1000 characters" }),
  handle: (asked, { id, actor, nowMs, freezes }) => {
    const { name, untilMs, reason } = readFreeze(asked, nowMs);
    if (untilMs === undefined)
      return refused("bad_arguments", line`${words(expected)}. ${unchanged}`);
    const found = newFreeze({ id, name, reason, by: actor.name, untilMs }, { nowMs, freezes });
    if ("problem" in found)
      return refused(found.code, line`${data(found.problem, 400)} ${unchanged}`);
    const what = line`No fix runs until ${words(untilTime(untilMs, nowMs))}: the freeze ${data(found.name)} by ${actor.name} holds back everything, on every incident.`;
    const goesOn = line`Detection and tickets go on, and so does what acts already. A run that is approved meanwhile does not act.`;
    const end = line`At the end, what is still broken is asked for again. Undo: ${typed(`unfreeze ${found.name}`)}.`;
    return {
      status: "done",
      freezing: { kind: "freeze", freeze: found },
      says: say(line`${what} ${goesOn} ${end}`),
    };
  },
});

const unchanged = words("Nothing was changed.");

interface ReadFreeze {
  readonly name: string | undefined;
  readonly untilMs: number | undefined;
  readonly reason: string;
}

function readFreeze(asked: string, nowMs: number): ReadFreeze {
  const [quoted = "", name] = quotedName.exec(asked) ?? [];
  const rest = asked.slice(quoted.length);
  const [until = "", moment] = untilForm.exec(rest) ?? [];
  if (moment !== undefined)
    return { name, untilMs: zonedTime(moment), reason: rest.slice(until.length) };
  const { forMs, reason } = readForATime(rest);
  return { name, untilMs: forMs === undefined ? undefined : nowMs + forMs, reason };
}
