/** What `driftwarden init` prints for people, at most 80 characters wide. */
import { formatDuration } from "../duration.ts";
import { counted, grouped } from "../plural.ts";
import { printable } from "../printable.ts";
import type { TableCandidate } from "../source/discovery/candidate.ts";
import type { Doubt } from "../source/discovery/doubt.ts";
import type { ProposedReading } from "../source/discovery/readings.ts";
import { sqlName, unnameable } from "../source/discovery/settings.ts";
import type { SurveyedTables } from "../source/discovery/survey-tables.ts";
import { wrapped } from "../wrapped.ts";

const width = 80;

/** Lines of a text, each behind the indent. */
export const indented = (text: string, indent: string): readonly string[] =>
  wrapped(text, { width: width - indent.length }).map((line) => `${indent}${line}`);

/** The table's name for people, on one line. */
export const tableText = ({ facts }: TableCandidate): string => printable(sqlName(facts));

/** At most this many candidates are shown. */
export const mostShown = 5;

export function candidateLines(
  { seen, sampled, candidates }: SurveyedTables,
  ms: number,
): readonly string[] {
  const seconds = Math.max(1, Math.round(ms / 1000));
  const more = candidates.length - mostShown;
  return [
    `${counted(seen, "table")} seen, ${sampled} sampled (read only, ${seconds} s).`,
    ...candidates
      .slice(0, mostShown)
      .flatMap((candidate, i) => [
        `${String(i + 1).padStart(3)}  ${tableText(candidate)}${i === 0 && candidates.length > 1 ? "   best guess" : ""}`,
        ...indented(described(candidate), "     "),
      ]),
    ...(more > 0 ? [`     and ${more} more: --json lists them`] : []),
  ];
}

const units = {
  seconds: "epoch seconds",
  milliseconds: "epoch milliseconds",
  microseconds: "epoch microseconds",
} as const;

function described(candidate: TableCandidate): string {
  const { facts, time, found, model, rhythm } = candidate;
  const unit = time.unit === undefined ? "" : ` in ${units[time.unit]}`;
  return [
    found.reason,
    `time ${printable(time.name)}${unit}`,
    model.length === 0 ? "one model" : `model ${model.map(printable).join(" + ")}`,
    ...(rhythm.window === undefined
      ? []
      : [`one row a prediction, averaged over ${rhythm.window}`]),
    ...obstacle(candidate),
    ...(facts.kind === "v" ? ["a view"] : []),
  ].join("; ");
}

/** Why a candidate is not chosen automatically; empty if it may be. */
export function obstacle({ facts }: TableCandidate): readonly string[] {
  const unnamed = unnameable(facts);
  if (unnamed !== undefined) return [unnamed];
  if (!facts.readable) return ["the role may not read it"];
  if (facts.runsCode && facts.sample === undefined)
    return ["not read yet, because reading it runs code of its owner"];
  return [];
}

/** Shows one attribution as it is read, and how many models and features there are. */
export function readLines(
  candidate: TableCandidate,
  now: number,
  timeZone: string,
): readonly string[] {
  const { models, features, rhythm, facts, read } = candidate;
  const example = exampleOf(candidate, now, timeZone);
  const cadence =
    rhythm.cadence === undefined || rhythm.window !== undefined
      ? []
      : [`every ${formatDuration(rhythm.cadence * 1000)}`];
  const counts = [counted(models, "model"), counted(features, "feature"), ...cadence].join(", ");
  if (example === undefined) return [];
  const lines = [example, `${counts} (${sampleText(read.length, facts.rows)})`];
  return ["It reads as:", ...lines.flatMap((line) => indented(line, "     "))];
}

const sampleText = (sampled: number, rows = sampled): string =>
  rows <= sampled
    ? `all of ${grouped(sampled)} rows`
    : `sample: ${grouped(sampled)} of about ${grouped(rows)} rows`;

const mostFeatures = 3;
const dayAhead = 86_400;

function exampleOf(
  { read, time }: TableCandidate,
  now: number,
  timeZone: string,
): string | undefined {
  const known = read.filter(({ seconds }) => seconds <= now + dayAhead);
  const shown = newestWhole(known);
  if (shown === undefined) return undefined;
  const values = shown.values.toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const named = values
    .slice(0, mostFeatures)
    .map(([name, value]) => `${printable(name)} ${Number(value.toPrecision(3))}`);
  const more = values.length - named.length;
  const at = new Date(shown.seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
  return [
    `${at} ${time.hasZone ? "UTC" : timeZone}`,
    ...(shown.model === "" ? [] : [printable(shown.model)]),
    [...named, ...(more > 0 ? [`and ${more} more`] : [])].join(", "),
  ].join("  ");
}

/** The newest attribution that is complete. The sample may hold only a part of the newest one. */
function newestWhole(read: readonly ProposedReading[]): ProposedReading | undefined {
  const groups = new Map<string, ProposedReading>();
  for (const one of read) {
    const key = JSON.stringify([one.seconds, one.model]);
    const before = groups.get(key);
    groups.set(
      key,
      before === undefined ? one : { ...one, values: [...before.values, ...one.values] },
    );
  }
  const newest = [...groups.values()].toSorted((a, b) => b.seconds - a.seconds).slice(0, 10);
  const most = Math.max(...newest.map(({ values }) => values.length));
  return newest.find(({ values }) => values.length === most && most > 0);
}

/** @param lineOf line of a key of the source in the configuration */
export function doubtLines(
  doubts: readonly Doubt[],
  lineOf: (key: string) => number | undefined,
): readonly string[] {
  if (doubts.length === 0) return [];
  const lines = doubts.flatMap(({ message, sql, key }) => {
    const line = key === undefined ? undefined : lineOf(key);
    const [first = "", ...rest] = indented(
      `${message}${line === undefined ? "" : ` (line ${line})`}`,
      "    ",
    );
    return [
      `  - ${first.trimStart()}`,
      ...rest,
      ...(sql === undefined ? [] : [`      ${printable(sql)}`]),
    ];
  });
  return ["Not sure, or costly:", ...lines];
}
