/** The text on what a silence covers and how long it lasts. */
import type { Incident } from "../incidents/incident.ts";
import { type Silence, silencedName } from "../incidents/silence.ts";
import { data, type Line, line, type MessageSection, paragraph, words } from "./message.ts";
import { clockTime, readTime } from "./text.ts";

const dayMs = 86_400_000;

/** `05:20 UTC`; on another day with the date. */
export function untilTime(untilMs: number, nowMs: number): string {
  const isToday = Math.floor(untilMs / dayMs) === Math.floor(nowMs / dayMs);
  return isToday ? `${clockTime(untilMs)} UTC` : readTime(untilMs);
}

/** `silenced by sarah until 2025-10-09 11:01 UTC: credit_score of churn-v7`. */
export function silencedLine(silence: Silence): Line {
  const until = words(readTime(silence.untilMs));
  return line`silenced by ${silence.by} until ${until}: ${data(silencedName(silence), 120)}`;
}

/** The comment at the end of a silence, while the incident is open. */
export function renderSilenceOver(
  silence: Silence,
  incident: Incident | undefined,
): MessageSection {
  const over = line`The silence by ${silence.by} is over, and ${data(silencedName(silence), 120)} is not back to normal.`;
  return [paragraph(line`${over} ${words(meanwhile(silence, incident))}`)];
}

function meanwhile(silence: Silence, incident: Incident | undefined): string {
  const { atMs, untilMs, occurrences: before } = silence;
  const times = (incident?.occurrences ?? before) - before;
  // Only runs that the silence held back. A run that a freeze held back waits for the end of the freeze.
  const held = (incident?.runs ?? []).filter(
    (run) => run.gate === "frozen" && run.atMs >= atMs && run.retryAtMs === untilMs,
  );
  const again = times <= 0 ? "nothing new broke" : `it broke ${timesText(times)} more`;
  const runs = held.length === 0 ? "no fix was held back" : `${held.length} held back`;
  const fixes = held.length === 0 ? runs : `fixes: ${runs}, asked for again now`;
  return `Meanwhile ${again}; ${fixes}.`;
}

const timesText = (times: number): string => (times === 1 ? "once" : `${times} times`);
