/** Sums up a month from the rows of the store. What was not measured is null with a reason, never 0. Pure. */
import type { MonthWord } from "../store/month/approved.ts";
import type { MonthDecision } from "../store/month/decisions.ts";
import type { FoundIncident } from "../store/month/found.ts";
import type { MonthRange } from "../store/month/range.ts";
import type { Reach } from "../store/month/reach.ts";
import { blindSum } from "./blind-sum.ts";
import type { Measure, MonthFacts } from "./month-facts.ts";

/** The measures of a month, in the order in which they are shown. */
export const measureNames = [
  "found",
  "missed",
  "told",
  "answered",
  "resolved",
  "asked",
  "acted",
  "refused",
  "mails",
  "blind",
] as const;
export type MeasureName = (typeof measureNames)[number];

export type MonthSums = Readonly<Record<MeasureName, Measure>>;

const unmeasured = (unit: Measure["unit"], why: string): Measure => ({
  unit,
  value: null,
  parts: {},
  why,
});

const sum = (value: number, parts: Measure["parts"], why: string | null = null): Measure => ({
  unit: "count",
  value,
  parts,
  why,
});

export function monthSums(facts: MonthFacts): MonthSums {
  const { range, reach, incidents } = facts;
  const missed = unmeasured("count", "nothing tells what users saw first");
  const unused = beforeTheStore(range, reach);
  if (unused !== undefined) return allUnmeasured(unused, missed);
  const journal = journalGap(range, reach);
  return {
    found: sum(
      incidents.length,
      countBy(incidents, ({ verdict }) => verdict ?? "nobody_said"),
    ),
    missed,
    told: times(incidents, { from: "beganAtMs", until: "toldAtMs" }, journal),
    answered: answered(incidents, journal),
    resolved: times(incidents, { from: "openedAtMs", until: "resolvedAtMs" }, null),
    asked: asked(facts, journal),
    acted: sum(
      facts.acts.length,
      countBy(facts.acts, ({ outcome }) => outcome ?? "not_judged"),
    ),
    refused: refused(facts),
    mails: mails(incidents),
    blind: blindSum(facts),
  };
}

/** Why nothing is known of the month; undefined if the store was in use by its end. */
function beforeTheStore({ endMs }: MonthRange, reach: Reach): string | undefined {
  const { journalFromMs, pruned } = reach;
  if (journalFromMs === null) return "this store has not been used yet";
  return !pruned && endMs <= journalFromMs ? "this store was not used yet" : undefined;
}

function allUnmeasured(why: string, missed: Measure): MonthSums {
  const nothing = unmeasured("count", why);
  const noTime = unmeasured("ms", why);
  return {
    found: nothing,
    missed,
    told: noTime,
    answered: noTime,
    resolved: noTime,
    asked: nothing,
    acted: nothing,
    refused: nothing,
    mails: nothing,
    blind: noTime,
  };
}

/** Which part of the month the journal no longer holds; null if it holds all of it. */
function journalGap({ startMs }: MonthRange, { journalFromMs, pruned }: Reach): string | null {
  if (!pruned || journalFromMs === null || journalFromMs <= startMs) return null;
  const day = new Date(journalFromMs).toISOString().slice(0, 10);
  return `retention.journal has deleted what was before ${day}`;
}

/** How often each word occurs, most often first. */
function countBy<Item>(
  items: readonly Item[],
  wordOf: (item: Item) => string,
): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(wordOf(item), (counts.get(wordOf(item)) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)));
}

type Time = "openedAtMs" | "beganAtMs" | "toldAtMs" | "answeredAtMs" | "resolvedAtMs";

/** The median time between two moments of the incidents that have both. */
function times(
  incidents: readonly FoundIncident[],
  { from, until }: { readonly from: Time; readonly until: Time },
  why: string | null,
): Measure {
  const known = incidents.flatMap((one) => {
    const [start, end] = [one[from], one[until]];
    return start === null || end === null ? [] : [Math.max(0, end - start)];
  });
  const value = median(known);
  if (value === undefined) return unmeasured("ms", why ?? "it has happened to no incident");
  return { unit: "ms", value, parts: { incidents: known.length }, why };
}

/** The median. If two values are in the middle, it is the lower one, so that it is a value that occurred. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}

function answered(incidents: readonly FoundIncident[], why: string | null): Measure {
  const found = times(incidents, { from: "toldAtMs", until: "answeredAtMs" }, why);
  const told = incidents.filter(({ toldAtMs }) => toldAtMs !== null);
  const nobody = told.filter(({ answeredAtMs }) => answeredAtMs === null).length;
  return { ...found, parts: { ...found.parts, ...(nobody > 0 && { nobody }) } };
}

function asked({ decisions, words }: MonthFacts, why: string | null): Measure {
  const proposed = new Set(decisions.filter(({ status }) => status === "proposed").map(runOf));
  const said = (wanted: MonthWord["word"]): number =>
    words.filter(({ word }) => word === wanted).length;
  return sum(proposed.size, { approved: said("approve"), declined: said("decline") }, why);
}

const runOf = ({ run }: MonthDecision): string => run;

/** A run that several gates denied, one after the other, is one refused run, and counts for each of these gates. */
function refused({ decisions }: MonthFacts): Measure {
  const denied = decisions.filter(({ status }) => status === "denied");
  const byGate = countBy(denied, ({ gate }) => gate ?? "unknown");
  return sum(new Set(denied.map(runOf)).size, byGate);
}

/** By model, most mails first. */
function mails(incidents: readonly FoundIncident[]): Measure {
  const known = incidents.filter(({ mails: sent }) => sent !== null);
  if (known.length === 0 && incidents.length > 0)
    return unmeasured("count", "no incident had a ticket");
  const bySubject = new Map<string, number>();
  for (const { subject, mails: sent } of known)
    bySubject.set(subject, (bySubject.get(subject) ?? 0) + (sent ?? 0));
  const sorted = [...bySubject].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const total = sorted.reduce((all, [, sent]) => all + sent, 0);
  return sum(total, Object.fromEntries(sorted));
}
