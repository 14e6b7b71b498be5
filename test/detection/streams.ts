/** Seeded streams of importances, and a small world that feeds them to an engine as a poller would. */
import { detectorTypes } from "../../detectors/index.ts";
import { detectorSet } from "../../src/detection/baseline/default-detectors.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import type { DetectionEvent, EpisodeOpened } from "../../src/detection/event.ts";
import {
  defaultDecision,
  defaultRetireAfterUs,
  defaultSource,
  type EngineSettings,
  type SourceSettings,
} from "../../src/detection/settings.ts";
import { modelKey } from "../../src/model-key.ts";
import type { Row, RowsRecord, StreamRecord, TickRecord } from "../../src/stream/record.ts";

export const minute = 60_000_000;
export const cadence = 5 * minute;
export const start = Date.UTC(2026, 0, 5) * 1000;
export const churn = modelKey({ tenant: "t", environment: "e", source: "main", model: "churn" });

export function settings(source: Partial<SourceSettings> = {}): EngineSettings {
  return {
    detectors: detectorSet(detectorTypes, { sensitivity: "normal" }),
    source: () => ({ ...defaultSource, ...source }),
    decision: defaultDecision,
    maxModels: 100,
    maxNewModelsPerHour: 100,
    retireAfterUs: defaultRetireAfterUs,
    maxFeatures: 1000,
  };
}

/** Uniform in [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b9);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function gaussian(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

export type Vector = Record<string, number>;

/** Shares that fall off exponentially over 10 to 12 features, with 8 % multiplicative noise. */
export function vectors(
  seed: number,
  noise: (i: number) => number = () => 0.08,
): (i: number) => Vector {
  const uniform = random(seed);
  const n = 10 + (seed % 3);
  return (i) =>
    Object.fromEntries(
      Array.from({ length: n }, (_, k) => [
        `f${k}`,
        Math.exp(-0.28 * k) * (1 + noise(i) * gaussian(uniform)),
      ]),
    );
}

/** Number of the attribution of a time. */
export const indexOf = (at: number): number => (at - start) / cadence;

export const rowsAt = (i: number, vector: Vector): Row[] =>
  Object.entries(vector).map(([feature, importance], k) => ({
    ts: start + i * cadence,
    feature,
    importance,
    tid: i * 65_536 + k,
  }));

/** One attribution as a record. */
export const rowsRecord = (i: number, rows: readonly Row[], model = churn): RowsRecord => ({
  kind: "rows",
  model,
  source: "main",
  level: 0,
  window: i + 1,
  rows,
});

export const tickAt = (i: number): TickRecord => ({
  kind: "tick",
  source: "main",
  watermark: start + i * cadence,
  clock: start + i * cadence,
});

/** An engine with an offset that counts, and everything it said. */
export class World {
  engine: PartitionEngine;
  readonly events: DetectionEvent[] = [];
  #offset = 0;

  constructor(source: Partial<SourceSettings> = {}) {
    this.engine = new PartitionEngine(settings(source));
  }

  apply(record: StreamRecord): readonly DetectionEvent[] {
    const events = this.engine.apply(this.#offset++, record);
    this.events.push(...events);
    return events;
  }

  /** Attributions from `from` up to, not including, `to`, each followed by a tick half a cadence later. */
  run(from: number, to: number, vectorOf: (i: number) => Vector | undefined): this {
    for (let i = from; i < to; i++) {
      const vector = vectorOf(i);
      if (vector !== undefined) this.apply(rowsRecord(i, rowsAt(i, vector)));
      this.apply(tickAt(i + 0.5));
    }
    return this;
  }

  get opened(): readonly EpisodeOpened[] {
    return this.events.filter((event) => event.type === "episode_opened");
  }

  get closed(): readonly string[] {
    return this.events.flatMap((event) => (event.type === "episode_closed" ? event.cause : []));
  }
}
