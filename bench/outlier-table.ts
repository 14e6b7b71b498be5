/** Reads tables of outlier detection: numbers, and which rows are anomalous. */
import { pythonRandom } from "../detectors/stats/mt19937.ts";
import { isBlank, readCsv } from "../src/replay/csv.ts";

export interface Table {
  readonly names: readonly string[];
  readonly rows: readonly (readonly number[])[];
  /** 1 where the row is an anomaly. */
  readonly anomalous: Uint8Array;
}

/** @param file CSV whose last column is 1 for an anomaly, else 0 */
export async function readTable(file: string): Promise<Table> {
  const all: number[][] = [];
  let names: readonly string[] = [];
  for await (const { header, rows } of readCsv(file)) {
    names = header.slice(0, -1);
    for (const cells of rows) if (!isBlank(cells)) all.push(cells.map(Number));
  }
  const anomalous = Uint8Array.from(all, (row) => row.pop() ?? 0);
  return { names, rows: all, anomalous };
}

/** This many rows in random order (Fisher and Yates). */
export function shuffled(
  { names, rows, anomalous }: Table,
  { seed, size }: { readonly seed: number; readonly size: number },
): Table {
  const random = pythonRandom(seed);
  const order = Uint32Array.from(rows.keys());
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor(random() * (order.length - i));
    const taken = order[j]!;
    order[j] = order[i]!;
    order[i] = taken;
  }
  const chosen = order.subarray(0, size);
  return {
    names,
    rows: Array.from(chosen, (i) => rows[i]!),
    anomalous: Uint8Array.from(chosen, (i) => anomalous[i]!),
  };
}

/** Scales each value by the range so far, including the value itself. */
export class OnlineRange {
  readonly #low: Float64Array;
  readonly #high: Float64Array;

  constructor(nFeatures: number) {
    this.#low = new Float64Array(nFeatures).fill(Number.POSITIVE_INFINITY);
    this.#high = new Float64Array(nFeatures).fill(Number.NEGATIVE_INFINITY);
  }

  /** @returns 0..1 a feature, 0 while it is constant */
  scale(values: readonly (number | undefined)[]): readonly number[] {
    return values.map((value = 0, i) => {
      const low = Math.min(this.#low[i]!, value);
      const high = Math.max(this.#high[i]!, value);
      this.#low[i] = low;
      this.#high[i] = high;
      return high > low ? (value - low) / (high - low) : 0;
    });
  }
}
