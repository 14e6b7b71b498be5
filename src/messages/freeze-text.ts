/** What a freeze holds back and how long, in words. */
import type { Freeze } from "../incidents/freeze.ts";
import { matchersText } from "../incidents/matchers.ts";
import { data, type Line, line, words } from "./message.ts";
import { untilTime } from "./silence-text.ts";

/** `black friday by sarah until 08:00 UTC: code freeze (only model churn-v7)`. */
export function freezeLine({ name, by, untilMs, reason, matchers }: Freeze, nowMs: number): Line {
  const only = matchersText(matchers);
  const what = only === "" ? line`` : line` (only ${data(only, 200)})`;
  return line`${data(name)} by ${by} until ${words(untilTime(untilMs, nowMs))}: ${data(reason, 200)}${what}`;
}
