/**
 * How long it takes from the commit of the row that shows a fault until its ticket is due, in simulated time: the poll,
 * the assembly of the attribution and the time in which further members join. `npm run bench -- latency` measures the rest.
 */
import { describe, expect, it } from "vitest";
import { PartitionEngine } from "../../src/detection/engine.ts";
import type { EpisodeOpened } from "../../src/detection/event.ts";
import { IncidentSet } from "../../src/incidents/incident-set.ts";
import { Placing } from "../../src/incidents/placing.ts";
import type { ReducerSettings } from "../../src/incidents/reduce/aspect.ts";
import { sourceScope } from "../../src/incidents/subject.ts";
import { takeEvent } from "../../src/incidents/take-event.ts";
import { watermarkAt } from "../../src/source/watermark.ts";
import type { Row, StreamRecord } from "../../src/stream/record.ts";
import { churn, random, settings, start } from "../detection/streams.ts";

/** Of the first ticket of a fault: beside the poll and the assembly. */
const restMs = 30_000;
const learnedSteps = 220;
const brokenSteps = 30;
const shares = { a: 0.4, b: 0.35, c: 0.25 } as const;

type Fault = "a collapses" | "a is missing";

interface Source {
  readonly pollMs: number;
  readonly windowMs: number;
  readonly cadenceMs: number;
  readonly fault: Fault;
  /** At every poll another transaction of the database runs. Default: none does. */
  readonly isBusy?: boolean;
}

const reducing: ReducerSettings = {
  ticketed: true,
  resolveAfterMs: 900_000,
  reopenDurationMs: 900_000,
  healthAfterMs: 0,
  hasSeveralModels: () => true,
  fixesFor: () => [],
};

interface Committed {
  readonly row: Row;
  readonly atMs: number;
}

/** Rows of one model as its exporter commits them: each attribution within two seconds after its time. */
function committed({ cadenceMs, fault }: Source, seed: number): readonly Committed[] {
  const uniform = random(seed);
  const rows: Committed[] = [];
  for (let step = 0; step < learnedSteps + brokenSteps; step++) {
    const ts = start + step * cadenceMs * 1000;
    const atMs = ts / 1000 + 2000 * uniform();
    for (const [tid, [feature, share]] of Object.entries(shares).entries()) {
      const isBroken = step >= learnedSteps && feature === "a";
      if (isBroken && fault === "a is missing") continue;
      const importance = share * (1 + 0.05 * (uniform() - 0.5)) * (isBroken ? 0.05 : 1);
      rows.push({ row: { ts, feature, importance, tid }, atMs });
    }
  }
  return rows;
}

interface Opened {
  readonly event: EpisodeOpened;
  readonly nowMs: number;
}

/** The first episode, and when the poll came that brought it. */
function openingOf(source: Source, rows: Committed[], phase: number): Opened {
  const { pollMs, windowMs, isBusy = false } = source;
  const engine = new PartitionEngine(settings({ assemblyWindowUs: windowMs * 1000 }));
  let offset = 0;
  let lastPollMs = start / 1000 - pollMs * phase;
  for (let nowMs = lastPollMs + pollMs; rows.length > 0; nowMs += pollMs) {
    const read = rows.splice(0, rows.findIndex(({ atMs }) => atMs > nowMs) >>> 0);
    const events = recordsOf(read, { nowMs, lastPollMs, window: offset, isBusy }).flatMap(
      (record) => [...engine.apply(offset++, record)],
    );
    const event = events.find((one) => one.type === "episode_opened");
    if (event !== undefined) return { event, nowMs };
    lastPollMs = nowMs;
  }
  throw new Error("nothing opened");
}

/** When the ticket of a model's episode is due, where the source has many models. */
function dueMs({ event, nowMs }: Opened): number {
  const incidents = new IncidentSet({ incidents: [], members: [], nextNumber: 1 });
  const sourceModels = new Map([[sourceScope({ kind: "model", key: churn }), 12]]);
  const placing = new Placing({ open: new Map(), memberships: new Map(), sourceModels });
  const placed = placing.take(event, { ...reducing, nowMs });
  const taken = { event, incident: placed.incident, placed };
  const outcome = takeEvent(incidents, taken, { nowMs, settings: reducing });
  const open = outcome?.effects.find(({ planned }) => planned.effect.kind === "ticket.open");
  return open?.planned.dueAtMs ?? Number.NaN;
}

/** @returns ms from the last commit of the attribution that opened the episode until the ticket is due */
function waitOf(source: Source, seed: number): number {
  const rows = [...committed(source, seed)];
  const commitMs = new Map(rows.map(({ row, atMs }) => [row.ts, atMs]));
  const opened = openingOf(source, rows, random(seed + 1)());
  return dueMs(opened) - (commitMs.get(opened.event.at) ?? Number.NaN);
}

interface Poll {
  readonly nowMs: number;
  readonly lastPollMs: number;
  readonly window: number;
  readonly isBusy: boolean;
}

/** What one poll sends: the rows, then the tick. */
function recordsOf(
  read: readonly Committed[],
  { nowMs, lastPollMs, window, isBusy }: Poll,
): readonly StreamRecord[] {
  const rows = read.map(({ row }) => row);
  const clock = Math.round(nowMs * 1000);
  const earlier = { ceiling: String(window), clock: Math.round(lastPollMs * 1000) };
  const own = isBusy ? undefined : { ceiling: String(window + 1), clock };
  const reached = watermarkAt([earlier], { horizon: String(window + 1), own });
  const watermark = reached.watermark ?? Number.NaN;
  const tick = { kind: "tick", source: "main", watermark, clock } as const;
  const sent = { kind: "rows", model: churn, source: "main", level: 0, window, rows } as const;
  return rows.length === 0 ? [tick] : [sent, tick];
}

function p95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.NaN;
}

const often: Source = {
  pollMs: 1000,
  windowMs: 60_000,
  cadenceMs: 150_000,
  fault: "a is missing",
};

describe("from a committed row to its ticket", () => {
  it.each<Source>([
    { pollMs: 1000, windowMs: 2000, cadenceMs: 20_000, fault: "a collapses" },
    often,
    { ...often, pollMs: 20_000 },
    { ...often, pollMs: 30_000 },
    { ...often, pollMs: 60_000 },
    { pollMs: 60_000, windowMs: 5000, cadenceMs: 300_000, fault: "a collapses" },
  ])("p95 is at most poll + assembly window + 30 s: %j", (source) => {
    const waits = Array.from({ length: 10 }, (_, seed) => waitOf(source, 2 * seed));
    expect(p95(waits)).toBeLessThanOrEqual(source.pollMs + source.windowMs + restMs);
    expect(Math.min(...waits)).toBeGreaterThan(0);
  });

  it("p95 is one poll more where a feature stays away and at every poll a transaction runs, because only the next poll proves then that it will not come", () => {
    const source = { ...often, pollMs: 30_000, isBusy: true };
    const wait = p95(Array.from({ length: 10 }, (_, seed) => waitOf(source, 2 * seed)));
    expect(wait).toBeLessThanOrEqual(2 * source.pollMs + source.windowMs + restMs);
    expect(wait).toBeGreaterThan(source.pollMs + source.windowMs);
  });
});
