import { describe, expect, it } from "vitest";
import type { Detector, DetectorType } from "../../detectors/detector.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import type { DetectionEvent } from "../../src/detection/event.ts";
import { churn, rowsAt, rowsRecord, settings, tickAt, vectors } from "./streams.ts";

/** A detector with a bug that shows on one value. */
const fragile: DetectorType<unknown> = {
  ...settings().detectors[0]!.type,
  name: "fragile",
  stateBytes: () => 0,
  grow: () => undefined,
  create: (): Detector => ({
    scoreOne: (x) => {
      if (x.includes(0)) throw new Error("a bug");
      return undefined;
    },
    learnOne: () => undefined,
    band: () => undefined,
  }),
};

const vectorOf = vectors(1);

class Watched {
  readonly engine: PartitionEngine;
  readonly events: DetectionEvent[] = [];
  #offset = 0;

  constructor(more: readonly (typeof fragile)[] = []) {
    const uses = [fragile, ...more].map((type) => ({ type, params: {}, deciding: false }));
    this.engine = new PartitionEngine({ ...settings(), detectors: uses });
  }

  /** One attribution and its tick, as the worker passes them on. */
  give(step: number, vector = vectorOf(step)): void {
    const offset = this.#offset++;
    const record = rowsRecord(step, rowsAt(step, vector));
    try {
      this.events.push(...this.engine.apply(offset, record));
    } catch (error) {
      this.events.push(...this.engine.quarantine(churn, offset, String(error)));
    }
    this.events.push(...this.engine.apply(this.#offset++, tickAt(step + 0.5)));
  }

  poison(step: number): void {
    this.give(step, { ...vectorOf(step), f0: 0 });
  }

  /** Kinds of what opened and causes of what closed. */
  get story(): readonly string[] {
    return this.events.map((event) => {
      if (event.type === "episode_opened") return `opened ${event.kind}`;
      return event.type === "episode_closed" ? `closed ${event.cause}` : event.type;
    });
  }

  get isUnhealthy(): boolean {
    return this.engine.model(churn)?.unhealthy === true;
  }
}

function learned(attributions: number): Watched {
  const watched = new Watched();
  for (let step = 0; step < attributions; step++) watched.give(step);
  return watched;
}

describe("a model on which a detector throws (FR-U3)", () => {
  it("has the record set aside, is unhealthy, and people are told of it once", () => {
    const watched = learned(10);
    watched.poison(10);
    expect(watched.story).toEqual(["quarantined", "opened quarantined"]);
    expect(watched.events[1]).toMatchObject({
      model: churn,
      kind: "quarantined",
      reason: "a record could not be processed and was set aside: Error: a bug",
      features: [],
    });
    expect(watched.isUnhealthy).toBe(true);
    watched.poison(11);
    watched.poison(12);
    expect(watched.story.filter((what) => what.startsWith("opened"))).toHaveLength(1);
  });

  it("is well again after four attributions in a row, and the episode closes", () => {
    const watched = learned(10);
    watched.poison(10);
    for (const step of [11, 12, 13]) watched.give(step);
    watched.poison(14);
    for (const step of [15, 16, 17]) watched.give(step);
    expect(watched.story).toEqual(["quarantined", "opened quarantined", "quarantined"]);
    expect(watched.isUnhealthy).toBe(true);
    watched.give(18);
    expect(watched.story.at(-1)).toBe("closed recovered");
    expect(watched.isUnhealthy).toBe(false);
    watched.poison(19);
    expect(watched.story.at(-1)).toBe("opened quarantined");
  });

  it("has what the model itself shows told as well, since only the record was told of", () => {
    const watched = learned(60);
    watched.poison(60);
    for (const step of [61, 62, 63]) {
      const { f1: _gone, ...vector } = vectorOf(step);
      watched.give(step, vector);
    }
    expect(watched.story).toEqual(["quarantined", "opened quarantined", "opened feature_missing"]);
  });

  it("says the same with the same ids when a record is read again after a crash", () => {
    const [first, second] = [learned(10), learned(10)];
    for (const watched of [first, second]) {
      watched.poison(10);
      for (const step of [11, 12, 13, 14]) watched.give(step);
    }
    expect(second.events).toEqual(first.events);
    expect(new Set(first.events.map(({ id }) => id)).size).toBe(3);
  });

  it("keeps the episode, and what it is well for, across a restart", () => {
    const watched = learned(10);
    watched.poison(10);
    watched.give(11);
    const [saved] = watched.engine.takeDirty(Number.POSITIVE_INFINITY);
    const restored = new Watched();
    restored.engine.restore(churn, { ...saved!, appliedThrough: -1 });
    for (const step of [12, 13]) restored.give(step);
    expect([restored.story, restored.isUnhealthy]).toEqual([[], true]);
    restored.give(14);
    expect([restored.story, restored.isUnhealthy]).toEqual([["closed recovered"], false]);
  });

  it("on a tick does not keep the others from theirs", () => {
    const watched = learned(10);
    const { engine } = watched;
    const poisoned = rowsAt(10, { ...vectorOf(10), f0: 0 });
    // Without its last feature the attribution waits for the tick.
    engine.apply(20, rowsRecord(10, poisoned.slice(0, -1)));
    const rows = rowsAt(10, { a: 1, b: 2 });
    engine.apply(21, { kind: "rows", model: "other", source: "main", level: 0, window: 1, rows });
    const events = engine.apply(22, tickAt(10.5));
    expect(events.map(({ type, model }) => [type, model])).toEqual([
      ["quarantined", churn],
      ["episode_opened", churn],
    ]);
    expect([...engine.models()].map(({ learned: known }) => known)).toEqual([10, 1]);
  });
});
