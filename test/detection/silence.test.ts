import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { defaultDecision } from "../../src/detection/settings.ts";
import { modelKey } from "../../src/model-key.ts";
import type { TickRecord } from "../../src/stream/record.ts";
import { cadence, indexOf, minute, rowsAt, rowsRecord, start, tickAt, World } from "./streams.ts";

const vector = (i: number) => ({
  a: 5 + (i % 3) * 0.1,
  b: 3 + (i % 2) * 0.1,
  c: 1 + (i % 5) * 0.02,
});
const key = (model: string) => modelKey({ tenant: "t", environment: "e", source: "main", model });
const second = minute / 60;

/** A poller as detection sees it: its watermark is the clock of its last poll, and it says how long it had not polled. */
class Polled extends World {
  #last = start;
  #polls = 0;

  /** @param rows what has come since the last poll: model, number of the attribution */
  poll(at: number, rows: readonly (readonly [model: string, i: number])[] = []): void {
    for (const [model, i] of rows) this.apply(rowsRecord(i, rowsAt(i, vector(i)), key(model)));
    const gap = at - this.#last > 3 * minute ? at - this.#last : 0;
    const tick: TickRecord = {
      kind: "tick",
      source: "main",
      watermark: this.#last,
      clock: at,
      gap,
    };
    this.apply(this.#polls++ === 0 ? { ...tick, watermark: at } : tick);
    this.#last = at;
  }

  /** Polls every minute while models write at every cadence. */
  live(from: number, to: number, models: readonly string[]): this {
    for (let at = start + from * cadence; at < start + to * cadence; at += minute) {
      const i = indexOf(at);
      this.poll(at, Number.isInteger(i) ? models.map((model) => [model, i]) : []);
    }
    return this;
  }

  get silences(): readonly string[] {
    return this.opened.flatMap(({ kind, model }) => (kind === "silent" ? model : []));
  }
}

const forty = Array.from({ length: 40 }, (_, i) => `m${i}`);

describe("an outage of the database", () => {
  test.prop([fc.integer({ min: 4, max: 20_000 }), fc.integer({ min: 0, max: 4 })])(
    "of any length is no silence of exporters that are alive (FR-S2)",
    (minutes, offset) => {
      const world = new Polled().live(0, 30, ["a", "b"]);
      const back = Math.ceil(30 + (minutes + offset) / 5);
      // They write again within a cadence, for the first time since.
      for (let at = start + 30 * cadence + minutes * minute; at < start + back * cadence; )
        world.poll((at += minute));
      world.live(back, back + 10, ["a", "b"]);
      expect(world.silences).toEqual([]);
    },
  );

  it("tells a model that fell silent meanwhile, and no other, a cadence and its usual tolerance later (FR-S2)", () => {
    const world = new Polled().live(0, 30, forty);
    world.live(42, 60, forty.slice(1));
    expect(world.silences).toEqual([key("m0")]);
    const [episode] = world.opened;
    const after = indexOf(episode!.at) - 42;
    const { silentCadences } = defaultDecision;
    expect(after).toBeGreaterThan(1 + silentCadences - 1);
    expect(after).toBeLessThan(1 + silentCadences + 0.4);
    expect(episode?.reason).toMatch(/in 1h1m of which the source could not be asked/);
    expect(episode?.score).toBeGreaterThanOrEqual(1);
  });

  it("told by ticks of the first form is silence, as before", () => {
    const world = new World().run(0, 30, vector);
    world.apply(tickAt(60));
    expect(world.opened.map(({ kind }) => kind)).toEqual(["silent"]);
  });

  it("that comes back again and again is none either, as long as exporters have no time to come back (FR-S2)", () => {
    const world = new Polled().live(0, 30, ["a"]);
    for (let i = 30; i < 300; i += 2) world.live(i, i + 0.4, []);
    expect(world.silences).toEqual([]);
  });

  it("every night does not hide a daily model that fell silent", () => {
    const world = new Polled();
    const day = 86_400_000_000;
    const polls = (from: number, to: number): void => {
      for (let at = start + from * day; at < start + to * day; at += 3 * minute) world.poll(at);
    };
    for (let d = 0; d < 12; d++) {
      world.poll(start + d * day, [["a", (d * day) / cadence]]);
      polls(d + 0.01, d + 0.99);
    }
    for (let d = 12; d < 18; d++) polls(d + 0.3, d + 0.99);
    expect(world.silences).toEqual([key("a")]);
  });
});

describe("a pause of our own", () => {
  it("in which models wrote on is no silence, whenever their rows are read (FR-S2)", () => {
    const world = new Polled().live(0, 30, ["a", "b"]);
    const missed = Array.from({ length: 50 }, (_, i) => 30 + i);
    world.poll(
      start + 79.5 * cadence,
      missed.flatMap((i) => [["a", i] as const, ["b", i] as const]),
    );
    world.live(80, 90, ["a", "b"]);
    expect(world.silences).toEqual([]);
  });

  it("counts what was not asked from the newest row on only (FR-S2)", () => {
    const world = new Polled().live(0, 30, ["a"]);
    const missed = Array.from({ length: 40 }, (_, i) => ["a", 30 + i] as const);
    world.poll(start + 79.8 * cadence, missed);
    world.live(80, 90, []);
    expect(world.silences).toEqual([key("a")]);
    expect(world.opened[0]?.reason).toMatch(/in 54m of which/);
  });

  it("is remembered by whoever restores the model's state (FR-S2)", () => {
    const world = new Polled().live(0, 30, ["a"]);
    world.live(60, 61, []);
    const [saved] = world.engine.takeDirty(1e9);
    const again = new Polled();
    again.engine.restore(key("a"), { ...saved!, appliedThrough: -1 });
    for (const each of [world, again]) {
      each.apply(tickAt(62));
      expect(each.silences).toEqual([]);
      each.apply(tickAt(65));
      expect(each.silences).toEqual([key("a")]);
    }
    expect(again.opened).toEqual(world.opened);
  });

  it("does not bring forward the day on which a silent model is forgotten", () => {
    const month = (30 * 86_400_000_000) / cadence;
    const world = new Polled().live(0, 30, ["a"]);
    world.live(29 + month, 30 + month, []);
    expect([...world.engine.models()]).toHaveLength(1);
    world.apply(tickAt(29 + 2 * month));
    expect([...world.engine.models()]).toHaveLength(0);
  });
});

describe("a model that falls silent", () => {
  it("says how new the newest row of its source is", () => {
    const world = new Polled().live(0, 30, ["a"]);
    const newest = start + 33 * cadence + second;
    world.apply({ ...tickAt(33), newest });
    expect(world.opened).toMatchObject([{ kind: "silent", sourceNewest: newest }]);
  });
});
