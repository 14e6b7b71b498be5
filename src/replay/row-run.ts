/** Rows as numbers, 48 bytes a row. A million of them can be sorted in memory. */
import { timeOrder } from "./time-order.ts";

/** A row with numbers in the place of names. */
export interface NumberedRow {
  readonly ts: number;
  readonly importance: number;
  readonly model: number;
  readonly feature: number;
  /** Place of its file or table among those read. */
  readonly file: number;
  /** Tie-break of rows with one time: the order in which they were read, or their physical place. */
  readonly tid: number;
}

/** The columns of a run, each a number. */
const width = 6;
const blockRows = 4096;
export const blockNumbers = width * blockRows;

export class RowRun {
  #numbers = new Float64Array(blockNumbers);
  #rows = 0;
  #order: Uint32Array | undefined;

  get length(): number {
    return this.#rows;
  }

  add({ ts, importance, model, feature, file, tid }: NumberedRow): void {
    const at = this.#rows * width;
    if (at === this.#numbers.length) {
      const larger = new Float64Array(2 * at);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    const numbers = this.#numbers;
    numbers[at] = ts;
    numbers[at + 1] = importance;
    numbers[at + 2] = model;
    numbers[at + 3] = feature;
    numbers[at + 4] = file;
    numbers[at + 5] = tid;
    this.#rows++;
  }

  /** Orders the rows by time; rows of one time keep their order. */
  sort(): void {
    const times = new Float64Array(this.#rows);
    for (let row = 0; row < this.#rows; row++) times[row] = this.#numbers[row * width]!;
    this.#order = timeOrder(times);
  }

  /** The row at this place of the order. */
  at(place: number): NumberedRow {
    return rowAt(this.#numbers, this.#order?.[place] ?? place);
  }

  timeAt(place: number): number {
    return this.#numbers[(this.#order?.[place] ?? place) * width]!;
  }

  /** @yields the rows in order as blocks of numbers, for a file */
  *blocks(): Generator<Float64Array> {
    for (let start = 0; start < this.#rows; start += blockRows) {
      const rows = Math.min(blockRows, this.#rows - start);
      const block = new Float64Array(rows * width);
      for (let i = 0; i < rows; i++) {
        const at = (this.#order?.[start + i] ?? start + i) * width;
        block.set(this.#numbers.subarray(at, at + width), i * width);
      }
      yield block;
    }
  }
}

/** A row of a block. */
export function rowAt(numbers: Float64Array, row: number): NumberedRow {
  const at = row * width;
  return {
    ts: numbers[at]!,
    importance: numbers[at + 1]!,
    model: numbers[at + 2]!,
    feature: numbers[at + 3]!,
    file: numbers[at + 4]!,
    tid: numbers[at + 5]!,
  };
}

export const rowsIn = (numbers: Float64Array): number => numbers.length / width;
