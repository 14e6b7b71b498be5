/** Whatever comes in: no number that is none, no throw, no storm of episodes, and a state that can be saved at any moment. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { PartitionEngine } from "../../src/detection/engine.ts";
import type { DetectionEvent } from "../../src/detection/event.ts";
import { decodeSnapshot } from "../../src/detection/snapshot.ts";
import type { Row, StreamRecord } from "../../src/stream/record.ts";
import {
  churn,
  minute,
  random,
  rowsAt,
  rowsRecord,
  settings,
  start,
  type Vector,
  vectors,
} from "./streams.ts";

const hour = 60 * minute;

interface Part {
  /** Name of a shape. */
  readonly values: string;
  readonly every: number;
  readonly length: number;
  /** What the time stamps do before it begins. */
  readonly jump: number;
  /** Every row comes twice. */
  readonly twice: boolean;
}

type Shape = (usual: Vector, i: number, uniform: () => number) => Vector;

const mapped = (vector: Vector, change: (value: number, k: number) => number): Vector =>
  Object.fromEntries(Object.entries(vector).map(([name, value], k) => [name, change(value, k)]));

const some = (vector: Vector, keep: (k: number) => boolean): Vector =>
  Object.fromEntries(Object.entries(vector).filter((_, k) => keep(k)));

const shapes: Readonly<Record<string, Shape>> = {
  usual: (usual) => usual,
  constant: (usual) => mapped(usual, (_, k) => 1 / (k + 1)),
  zero: (usual) => mapped(usual, () => 0),
  "one feature": ({ f0 = 0 }) => ({ f0 }),
  tiny: (usual) => mapped(usual, (value) => value * 1e-300),
  huge: (usual) => mapped(usual, (value) => value * 1e300),
  "tiny and huge": (usual) => mapped(usual, (value, k) => value * (k % 2 === 0 ? 1e300 : 1e-300)),
  negative: (usual) => mapped(usual, (value) => -value),
  "changing sign": (usual, i) => mapped(usual, (value, k) => ((i + k) % 2 === 0 ? value : -value)),
  "coming and going": (usual, _, uniform) => some(usual, () => uniform() < 0.7),
  "taking turns": (usual, i) => some(usual, (k) => (i + k) % 2 === 0),
  "no numbers": (usual, _, uniform) =>
    mapped(usual, (value) => (uniform() < 0.1 ? Number.NaN : value)),
  infinite: (usual, _, uniform) =>
    mapped(usual, (value) => (uniform() < 0.1 ? Number.POSITIVE_INFINITY : value)),
};

const parts: fc.Arbitrary<Part> = fc.record({
  values: fc.constantFrom(...Object.keys(shapes)),
  every: fc.constantFrom(minute, 5 * minute, hour, 24 * hour),
  length: fc.integer({ min: 1, max: 60 }),
  jump: fc.constantFrom(0, 0, hour, -hour, 7 * 24 * hour),
  twice: fc.boolean(),
});

const tick = (clock: number): StreamRecord => ({
  kind: "tick",
  source: "main",
  watermark: clock,
  clock,
});

/** Rows and ticks of one part after another; the source's clock goes on, whatever the stamps do. */
function recordsOf(seed: number, story: readonly Part[]): readonly StreamRecord[] {
  const vectorOf = vectors(seed);
  const uniform = random(seed + 1);
  const records: StreamRecord[] = [];
  let clock = start;
  let late = 0;
  let tid = 0;
  for (const { values, every, length, jump, twice } of story) {
    if (Math.abs(jump) === hour) late = Math.min(Math.max(late - jump, -hour), hour);
    else clock += jump;
    for (let i = 0; i < length; i++) {
      // The poller goes on while nothing comes.
      records.push(tick(clock + every / 2));
      clock += every;
      const vector = shapes[values]!(vectorOf(i), i, uniform);
      const rows = Object.entries(vector).map(
        ([feature, importance]): Row => ({ ts: clock - late, feature, importance, tid: tid++ }),
      );
      const again = twice ? rows.map((row) => ({ ...row, tid: tid++ })) : [];
      const record = { kind: "rows", model: churn, source: "main", level: 0 } as const;
      records.push({ ...record, window: records.length + 1, rows: [...rows, ...again] });
      records.push(tick(clock));
    }
  }
  return records;
}

/** Paths of numbers that are none; fields that are undefined say so on purpose. */
function nonNumbers(value: unknown, path = ""): readonly string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [`${path} ${value}`];
  if (typeof value === "string") return /NaN|Infinity/.test(value) ? [`${path} ${value}`] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => nonNumbers(inner, `${path}.${key}`));
}

/** What is learned, as far as absence is not its meaning. */
function nonNumbersInState(engine: PartitionEngine): readonly string[] {
  const shaping = { transform: "auto", uses: settings().detectors, deciding: settings() } as const;
  return engine.takeDirty(1e9).flatMap(({ model, state }) => {
    engine.saveFailed([model]);
    const { memory, facts } = decodeSnapshot(state, () => shaping)!;
    const { level, count, presence, meanDiff, noise } = memory;
    const arrays = { level, count, presence, meanDiff, noise };
    return nonNumbers({
      ...Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, [...array]])),
      facts,
    });
  });
}

function applyAll(engine: PartitionEngine, records: readonly StreamRecord[], from = 0) {
  const events: DetectionEvent[] = [];
  for (const [i, record] of records.entries()) {
    if (i >= from) events.push(...engine.apply(i, record));
  }
  return events;
}

/** As text: comparing them byte by byte would take seconds. */
const statesOf = (engine: PartitionEngine) =>
  engine
    .takeDirty(1e9)
    .map((saved) => ({ ...saved, state: Buffer.from(saved.state).toString("base64") }));

const stories = fc.record({
  seed: fc.integer({ min: 0, max: 1000 }),
  story: fc.array(parts, { minLength: 1, maxLength: 8 }),
});

/** Episodes that may open in one part: a fault in the values, one in the time stamps, and the return to normal. */
const mostEpisodes = 3;

const openedBy = (events: readonly DetectionEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === "episode_opened" ? event.kind : []));

const newestTick = (records: readonly StreamRecord[], cut: number): number =>
  records.slice(0, cut).findLastIndex(({ kind }) => kind === "tick");

describe("a stream of whatever", () => {
  test.prop([stories], { numRuns: 60 })(
    "gives numbers wherever numbers are said or learned, and at most three episodes a part",
    ({ seed, story }) => {
      const engine = new PartitionEngine(settings());
      const events = applyAll(engine, recordsOf(seed, story));
      expect(nonNumbers(events)).toEqual([]);
      expect(nonNumbers([...engine.models()])).toEqual([]);
      expect(nonNumbersInState(engine)).toEqual([]);
      expect(events.filter(({ type }) => type === "quarantined")).toEqual([]);
      expect(openedBy(events).length).toBeLessThanOrEqual(mostEpisodes * story.length);
    },
  );

  test.prop([stories, fc.double({ min: 0, max: 1, noNaN: true })], { numRuns: 40 })(
    "can be saved at any moment, and goes on from there as if nothing had been",
    ({ seed, story }, place) => {
      const records = recordsOf(seed, story);
      const cut = Math.floor(place * records.length);
      const engine = new PartitionEngine(settings());
      applyAll(engine, records.slice(0, cut));
      const again = new PartitionEngine(settings());
      for (const { model, ...saved } of engine.takeDirty(1e9)) again.restore(model, saved);
      // What no state holds: the newest tick. A replay starts with it.
      const newest = newestTick(records, cut);
      if (newest >= 0) again.apply(newest, records[newest]!);
      expect(applyAll(again, records, cut)).toEqual(applyAll(engine, records, cut));
      expect([...again.models()]).toEqual([...engine.models()]);
      expect(statesOf(again)).toEqual(statesOf(engine));
    },
  );
});

/** What opens in parts of the usual cadence that are otherwise as told. */
function openedIn(...told: readonly Partial<Part>[]): readonly string[] {
  const story = told.map(
    (part): Part => ({
      values: "usual",
      every: 5 * minute,
      length: 300,
      jump: 0,
      twice: false,
      ...part,
    }),
  );
  return openedBy(applyAll(new PartitionEngine(settings()), recordsOf(3, story)));
}

describe("a week of attributions", () => {
  const week = 2016;

  it.each(Object.keys(shapes))("of %s values opens at most one episode in a hundred", (values) => {
    expect(openedIn({}, { values, length: week }).length).toBeLessThanOrEqual(week / 100);
    expect(openedIn({ values, length: week }).length).toBeLessThanOrEqual(week / 100);
  });

  it("in which features come and go opens one episode, and then knows them for what they are", () => {
    expect(openedIn({}, { values: "coming and going", length: week })).toEqual(["feature_missing"]);
    expect(openedIn({ values: "coming and going", length: week })).toEqual([]);
  });
});

describe("time that is not even", () => {
  it("opens nothing on a night that lacks an hour, nor on the one that has it twice", () => {
    expect(openedIn({}, { jump: hour }, { jump: -hour })).toEqual([]);
  });

  it("calls a model silent, once, whose stamps fall an hour behind the source's clock", () => {
    expect(openedIn({}, { jump: -hour })).toEqual(["silent"]);
  });

  it("calls a model silent, once, in a gap of a week", () => {
    expect(openedIn({}, { jump: 7 * 24 * hour })).toEqual(["silent"]);
  });

  it("learns another cadence after one episode", () => {
    expect(openedIn({}, { every: hour }, { every: minute })).toEqual(["silent"]);
  });

  it("takes rows that come twice for one", () => {
    expect(openedIn({}, { twice: true })).toEqual([]);
  });
});

/** 10,000 features of equal weight, one of which explodes. */
const wide = (i: number): Vector =>
  Object.fromEntries(
    Array.from({ length: 10_000 }, (_, k) => {
      const value = 1 + 0.1 * Math.sin(i * (k + 1));
      return [`f${k}`, k === 77 && i >= 30 ? 400 * value : value];
    }),
  );

describe("a vector of 10,000 features", () => {
  it("is judged, blamed and saved like any other", () => {
    const engine = new PartitionEngine({ ...settings(), maxFeatures: 10_000 });
    const records = Array.from({ length: 34 }, (_, i) => rowsRecord(i, rowsAt(i, wide(i))));
    const events = applyAll(engine, records);
    const [opened] = events.filter((event) => event.type === "episode_opened");
    expect(opened?.features[0]?.feature).toBe("f77");
    expect(nonNumbers(events)).toEqual([]);
    expect(nonNumbersInState(engine)).toEqual([]);
    expect(openedBy(events)).toHaveLength(1);
  });
});
