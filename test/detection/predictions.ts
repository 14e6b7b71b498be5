/** Rows of single predictions, and what a model made of them. */
import type { PartitionEngine } from "../../src/detection/engine.ts";
import { decodeSnapshot, shapingOf } from "../../src/detection/snapshot.ts";
import type { Row, StreamRecord } from "../../src/stream/record.ts";
import { churn, minute, settings, start, World } from "./streams.ts";

export const windowUs = 10 * minute;
export const source = { predictionWindowUs: windowUs, assemblyWindowUs: minute };
export const inWindows = (): World => new World(source);

/** The newest attribution: its time, and the finite values by feature. */
export interface Judged {
  readonly at: number;
  readonly values: Readonly<Record<string, number>>;
}

export function newest(engine: PartitionEngine): Judged | undefined {
  const states = engine.takeDirty(1e9);
  engine.saveFailed(states.map(({ model }) => model));
  const state = states.find(({ model }) => model === churn)?.state;
  if (state === undefined) return undefined;
  const decoded = decodeSnapshot(state, (name) => shapingOf(settings(source), name))!;
  const { names, facts, memory } = decoded;
  if (facts.lastAt === null) return undefined;
  const values = names.flatMap((name, slot) =>
    Number.isNaN(memory.value[slot]) ? [] : [[name, memory.value[slot]!] as const],
  );
  return { at: facts.lastAt, values: Object.fromEntries(values) };
}

let tid = 0;
export const row = (minutes: number, feature: string, importance: number): Row => ({
  ts: start + minutes * minute,
  feature,
  importance,
  tid: tid++,
});
export const rowsOf = (window: number, rows: readonly Row[]): StreamRecord => ({
  kind: "rows",
  model: churn,
  source: "main",
  level: 0,
  window,
  rows: rows.toSorted((a, b) => a.ts - b.ts || a.tid - b.tid),
});
export const tick = (minutes: number, gap = 0): StreamRecord => ({
  kind: "tick",
  source: "main",
  watermark: start + minutes * minute,
  clock: start + minutes * minute,
  newest: start + minutes * minute,
  gap: gap * minute,
});
