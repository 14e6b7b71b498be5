/** The text on which runs a freeze holds back, and for how long. */
import { type Freeze, isPlanned } from "../incidents/freeze.ts";
import { matchersText } from "../incidents/matchers.ts";
import { data, type Line, line, words } from "./message.ts";
import { untilTime } from "./silence-text.ts";

/**
 * `black friday by sarah until 08:00 UTC: code freeze (only model churn-v7)`. For a planned freeze it also names the
 * start.
 */
export function freezeLine(freeze: Freeze, nowMs: number): Line {
  const { name, by, atMs, untilMs, reason, matchers } = freeze;
  const from = isPlanned(freeze, nowMs) ? line` from ${words(untilTime(atMs, nowMs))}` : line``;
  const only = matchersText(matchers);
  const what = only === "" ? line`` : line` (only ${data(only, 200)})`;
  return line`${data(name)} by ${by}${from} until ${words(untilTime(untilMs, nowMs))}: ${data(reason, 200)}${what}`;
}
