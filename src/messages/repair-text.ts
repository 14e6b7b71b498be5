/** The text about the effects of fixes: the fault became worse after a run, or a run helped and the fault came back. */
import type { HelpedBefore, Incident, RunSummary } from "../incidents/incident.ts";
import { endedText } from "./ended-text.ts";
import { data, type Line, line, type NamedLine, words } from "./message.ts";
import { clockTime, readDuration } from "./text.ts";

/** Whether the fault became worse after the run, and the run is not known to have helped. */
export const isWorseSince = ({ worse, outcome }: RunSummary): boolean =>
  worse !== undefined && outcome !== "recovered";

/** `P1, was P2; also age and 1 more` */
export function worseText({ worse }: RunSummary): Line {
  if (worse === undefined) return [];
  const { rise, kind, features } = worse;
  const [first, second, ...others] = features;
  const parts = [
    ...(rise === undefined ? [] : [words(`${rise.to}, was ${rise.from}`)]),
    ...(kind === undefined ? [] : [words(`also ${kind.replaceAll("_", " ")}`)]),
    ...(first === undefined ? [] : [line`also ${data(first, 40)}`]),
  ];
  const more = others.length + 1;
  const rest = second === undefined ? [] : words(` and ${more} more`);
  return parts.flatMap((part, n) => (n === 0 ? part : line`; ${part}`)).concat(rest);
}

/**
 * The start of the summary: how the incident ended, `worse since restart-svc ran at 20:55 UTC (P1, was P2); `, or
 * nothing.
 */
export function saidFirst(incident: Incident): Line {
  if (incident.state !== "open") return words(`${endedText(incident)}; before: `);
  const run = incident.runs.findLast(isWorseSince);
  if (run === undefined) return [];
  return line`worse since ${data(run.fix)} ran at ${words(clockTime(run.atMs))} UTC (${worseText(run)}); `;
}

/** `restart-svc helped 3 times within 7 days, each time for about 2 h` */
export function againText({ helpedBefore }: Incident): readonly NamedLine[] {
  if (helpedBefore === undefined) return [];
  const { fixes, times } = helpedBefore;
  const who = fixes.length === 1 ? data(fixes[0] ?? "") : words("fixes");
  const often = times === 1 ? "once" : `${times} times`;
  return [
    ["Again", line`${who} helped ${words(`${often} within 7 days, ${forHowLong(helpedBefore)}`)}`],
  ];
}

function forHowLong({ times, wellForMs: [shortest, median, longest] }: HelpedBefore): string {
  const each = times === 1 ? "" : "each time ";
  if (longest <= 2 * shortest) return `${each}for about ${roughly(median)}`;
  return `${each}for ${roughly(shortest)} to ${roughly(longest)}`;
}

const minute = 60_000;

/** Rounded to the minute below 100 min, to ten minutes below 10 h, else to the hour. */
function roughly(ms: number): string {
  const step = ms < 100 * minute ? minute : ms < 600 * minute ? 10 * minute : 60 * minute;
  return readDuration(Math.max(minute, Math.round(ms / step) * step));
}
