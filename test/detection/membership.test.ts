import { createHash } from "node:crypto";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { PartitionEngine } from "../../src/detection/engine.ts";
import type { DetectionEvent } from "../../src/detection/event.ts";
import type { StoredRows } from "../../src/detection/partition/partition-rows.ts";
import type { RowsBySource } from "../../src/detection/partition/row-counts.ts";
import type { EngineSettings } from "../../src/detection/settings.ts";
import { sameJson } from "../../src/store/json.ts";
import type { HistoryRecord, RowsRecord, StreamRecord } from "../../src/stream/record.ts";
import { minute, random, settings, start } from "./streams.ts";

const hour = 60 * minute;

/** Room for three models, two of them new in an hour; forgotten after five hours. */
const strict: EngineSettings = {
  ...settings(),
  maxModels: 3,
  maxNewModelsPerHour: 2,
  retireAfterUs: 5 * hour,
};

/** Room for all of them. */
const wide: EngineSettings = { ...strict, maxModels: 100 };

const rows = (model: string, at: number): RowsRecord => ({
  kind: "rows",
  model,
  source: "main",
  level: 0,
  window: Math.round(at / 1000),
  rows: ["x", "y", "z"].map((feature, tid) => ({ ts: at, feature, importance: tid + 1, tid })),
});

const history = (model: string, at: number): HistoryRecord => ({
  ...rows(model, at),
  kind: "history",
  last: true,
});

const tick = (at: number): StreamRecord => ({
  kind: "tick",
  source: "main",
  watermark: at,
  clock: at,
});

const question = (model: string, at: number): StreamRecord => ({
  kind: "verify",
  run: `run of ${model} at ${at}`,
  model,
  since: at,
  notBefore: at + 10 * minute,
  minAttributions: 3,
  giveUpCadences: 500,
});

const marker = (model: string, at: number, ahead: number): StreamRecord => ({
  kind: "marker",
  id: `${model}${at}`,
  model,
  at: at + ahead,
  marker: "x",
});

/** Whether something with this chance happens. */
type Chance = (probability: number) => boolean;

/** What one model does in a step: comes, goes, sends an attribution, is asked, is announced anew. */
function step(
  model: string,
  active: Set<string>,
  { now, chance }: { now: number; chance: Chance },
) {
  const records: StreamRecord[] = [];
  if (chance(0.03)) active.add(model);
  if (chance(0.02)) active.delete(model);
  if (active.has(model) && chance(0.9)) records.push(rows(model, now));
  if (chance(0.01)) records.push(question(model, now));
  if (chance(0.01)) records.push(marker(model, now, chance(0.5) ? hour : -hour));
  return records;
}

/** Six models that come, pause, fall silent, are forgotten and come again, in the hours that the seed gives them. */
function comingAndGoing(seed: number): readonly StreamRecord[] {
  const uniform = random(seed);
  const chance: Chance = (probability) => uniform() < probability;
  const records: StreamRecord[] = [];
  const active = new Set<string>();
  let now = start;
  for (let i = 0; i < 400; i++) {
    now += chance(0.03) ? 6 * hour * uniform() : 5 * minute;
    for (const model of ["a", "b", "c", "d", "e", "f"])
      records.push(...step(model, active, { now, chance }));
    if (chance(0.9)) records.push(tick(now + minute - (chance(0.05) ? hour : 0)));
  }
  return records;
}

const hashed = (state: Uint8Array): string => createHash("sha256").update(state).digest("hex");

/** A store and the engine before it, which can be killed. */
class Life {
  readonly states = new Map<string, { state: Uint8Array; appliedThrough: number }>();
  readonly events = new Map<string, DetectionEvent>();
  /** Decided otherwise than before. */
  readonly diverged: DetectionEvent[] = [];
  readonly #settings: EngineSettings;
  #engine: PartitionEngine;
  #replayFrom = 0;
  #rows: StoredRows = {};

  constructor(engine: EngineSettings) {
    this.#settings = engine;
    this.#engine = new PartitionEngine(engine);
  }

  apply(offset: number, record: StreamRecord): void {
    for (const event of this.#engine.apply(offset, record)) {
      const known = this.events.get(event.id);
      if (known !== undefined && !sameJson(known, event)) this.diverged.push(event);
      this.events.set(event.id, event);
    }
  }

  /** @param whole otherwise only the longest unsaved model is saved */
  save(next: number, whole: boolean): void {
    const taken = this.#engine.takeDirty(whole ? 1e9 : 1);
    for (const { model, ...saved } of taken) this.states.set(model, saved);
    this.#engine.saved(taken.map(({ model }) => model));
    const boundary = this.#engine.boundary(next);
    for (const model of boundary.ended) this.states.delete(model);
    this.#replayFrom = Math.max(this.#replayFrom, boundary.replayFrom);
    this.#rows = boundary.rows;
    this.#engine.moved(boundary);
  }

  /** @returns where to read from */
  kill(): number {
    this.#engine = new PartitionEngine(this.#settings);
    this.#engine.restoreRows(this.#rows);
    for (const [model, saved] of this.states) this.#engine.restore(model, saved);
    return this.#replayFrom;
  }

  /** What became of all rows, by outcome. */
  rows(): RowsBySource {
    return this.#engine.rows();
  }

  /** Saves until nothing is left. @returns everything that is remembered */
  end(next: number): unknown {
    for (let i = 0; i < 50; i++) this.save(next, true);
    const states = [...this.states].map(([model, { state, appliedThrough }]) => {
      return { model, appliedThrough, state: hashed(state) };
    });
    return {
      models: [...this.#engine.models()].toSorted((a, b) => (a.model < b.model ? -1 : 1)),
      states: states.toSorted((a, b) => (a.model < b.model ? -1 : 1)),
      events: [...this.events.keys()].toSorted(),
      rows: this.rows(),
      replayFrom: this.#replayFrom,
    };
  }
}

function undisturbed(records: readonly StreamRecord[], engine: EngineSettings): Life {
  const life = new Life(engine);
  for (const [offset, record] of records.entries()) life.apply(offset, record);
  return life;
}

const total = (counted: RowsBySource): number =>
  Object.values(counted)
    .flatMap((counts) => Object.values(counts))
    .reduce((sum, count) => sum + count, 0);

const sent = (records: readonly StreamRecord[]): number =>
  records.reduce((sum, record) => sum + ("rows" in record ? record.rows.length : 0), 0);

const place = fc.integer({ min: 1, max: 1500 });
const faults = fc.array(
  fc.record({
    at: place,
    what: fc.constantFrom("save" as const, "save one" as const, "kill" as const),
  }),
  { maxLength: 12 },
);

describe("models that come and go", () => {
  test.prop([fc.integer({ min: 0, max: 1000 }), faults, fc.boolean()], {
    numRuns: 60,
  })(
    "the same models are admitted, with the same states and decisions, after any crash",
    (seed, due, isStrict) => {
      const engine = isStrict ? strict : wide;
      const records = comingAndGoing(seed);
      const life = new Life(engine);
      const left = [...due];
      for (let offset = 0; offset < records.length; offset++) {
        life.apply(offset, records[offset]!);
        const at = left.findIndex((fault) => fault.at === offset);
        if (at < 0) continue;
        const [fault] = left.splice(at, 1);
        if (fault?.what === "kill") offset = life.kill() - 1;
        else life.save(offset + 1, fault?.what === "save");
      }
      const clean = undisturbed(records, engine);
      expect(life.diverged).toEqual([]);
      const remembered = clean.end(records.length);
      expect(remembered).toMatchObject({ replayFrom: records.length });
      expect(life.end(records.length)).toEqual(remembered);
      expect(total(life.rows())).toBe(sent(records));
    },
  );

  it("are told apart by the streams above: some are refused, some forgotten, some come again", () => {
    const lives = Array.from({ length: 20 }, (_, seed) => {
      const engine = new PartitionEngine(strict);
      const closed = comingAndGoing(seed).flatMap((record, i) => [...engine.apply(i, record)]);
      return { dropped: engine.counters.dropped, closed };
    });
    expect(lives.some(({ dropped }) => dropped.too_many_models > 0)).toBe(true);
    expect(lives.some(({ dropped }) => dropped.too_many_new_models > 0)).toBe(true);
    expect(lives.flatMap(({ closed }) => closed)).toContainEqual(
      expect.objectContaining({ type: "episode_closed", cause: "retired" }),
    );
  });
});

describe("new models", () => {
  test.prop([fc.array(fc.integer({ min: 0, max: 4 * 60 }), { maxLength: 30 })])(
    "are never more in an hour than max_new_models_per_hour",
    (minutes) => {
      const engine = new PartitionEngine(wide);
      for (const [i, at] of minutes.entries()) engine.apply(i, rows(`m${i}`, start + at * minute));
      const hours = [...engine.models()].map(({ model }) => {
        return Math.floor((minutes[Number(model.slice(1))] ?? 0) / 60);
      });
      for (const one of hours)
        expect(hours.filter((other) => other === one).length).toBeLessThanOrEqual(2);
      expect(engine.counters.dropped.too_many_new_models).toBe(3 * (minutes.length - hours.length));
    },
  );

  it("are taken as soon as an hour has room for them", () => {
    const engine = new PartitionEngine(wide);
    const names = (): readonly string[] => [...engine.models()].map(({ model }) => model);
    for (const [i, model] of ["a", "b", "c"].entries()) engine.apply(i, rows(model, start));
    expect(names()).toEqual(["a", "b"]);
    engine.apply(3, rows("c", start + 59 * minute));
    expect(names()).toEqual(["a", "b"]);
    engine.apply(4, rows("c", start + hour));
    expect(names()).toEqual(["a", "b", "c"]);
  });

  it("keep the count of what was refused before they joined, when a crash comes before it is stored (FR-B9)", () => {
    const records = ["a", "b", "c"].map((model) => rows(model, start));
    records.push(rows("c", start + hour));
    const engine = new PartitionEngine(wide);
    for (const [i, record] of records.entries()) engine.apply(i, record);
    const after = new PartitionEngine(wide);
    for (const { model, ...saved } of engine.takeDirty(1e9)) after.restore(model, saved);
    for (const [i, record] of records.entries()) after.apply(i, record);
    expect(after.rows()).toEqual({ "": { attributed: 0, unfinished: 9, too_many_new_models: 3 } });
    expect(after.rows()).toEqual(engine.rows());
  });

  it("count a refused row once when it is sent again, also by a later claim (FR-B9)", () => {
    const engine = new PartitionEngine(wide);
    for (const [i, model] of ["a", "b", "c"].entries()) engine.apply(i, rows(model, start));
    engine.apply(3, rows("c", start));
    const expected = { "": { attributed: 0, unfinished: 6, too_many_new_models: 3 } };
    expect(engine.rows()).toEqual(expected);
    const saved = engine.takeDirty(1e9);
    engine.saved(saved.map(({ model }) => model));
    const boundary = engine.boundary(4);
    expect(boundary.replayFrom).toBe(4);
    const after = new PartitionEngine(wide);
    after.restoreRows(boundary.rows);
    for (const { model, ...state } of saved) after.restore(model, state);
    after.apply(4, rows("c", start));
    expect(after.rows()).toEqual(expected);
  });

  it("do not count when history knows them", () => {
    const engine = new PartitionEngine(wide);
    for (let i = 0; i < 10; i++) engine.apply(i, history(`m${i}`, start));
    engine.apply(10, rows("new", start));
    expect([...engine.models()]).toHaveLength(11);
  });

  it("do not count when their states are of a format that nobody can read any more", () => {
    const engine = new PartitionEngine(wide);
    for (let i = 0; i < 10; i++)
      engine.restore(`m${i}`, { state: new Uint8Array(), appliedThrough: i });
    for (let i = 0; i < 10; i++) engine.apply(10 + i, rows(`m${i}`, start));
    expect(engine.counters.dropped.too_many_new_models).toBe(0);
  });
});
