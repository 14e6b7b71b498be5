/** CSV text of importances for tests of commands that look back. */
import { formatTime } from "../../src/replay/cells.ts";
import { cadence, start, type Vector, vectors } from "../detection/streams.ts";

/** Time of attribution `i` as it stands in a file. */
export const at = (i: number): string => formatTime(start + i * cadence);

export const header = "timestamp,model,feature,importance";

const linesAt = (model: string, i: number, vector: Vector): readonly string[] =>
  Object.entries(vector).map(([name, value]) => `${at(i)},${model},${name},${value}`);

/** Attributions 0 to 399 of a model, changed as told; undefined leaves one out. */
export function stream(
  model: string,
  change: (vector: Vector, i: number) => Vector | undefined,
): readonly string[] {
  const vectorOf = vectors(11);
  return Array.from({ length: 400 }, (_, i) => change(vectorOf(i), i)).flatMap((vector, i) =>
    vector === undefined ? [] : linesAt(model, i, vector),
  );
}

export const collapse = (vector: Vector): Vector => ({ ...vector, f1: vector["f1"]! * 0.1 });

/** One feature collapses from attribution 300 to 319. */
export const faulty = stream("churn", (vector, i) =>
  i >= 300 && i < 320 ? collapse(vector) : vector,
);

export const csv = (lines: readonly string[]): string => `${[header, ...lines].join("\n")}\n`;
