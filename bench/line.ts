/** One measured figure, as every part of the bench reports it. */
export interface BenchLine {
  /** What kind of figure: `speed`, `size`, `detect`. */
  readonly section: string;
  readonly name: string;
  readonly value: number;
  /** Unit of value and bound. */
  readonly unit: string;
  /** What the value must not exceed (or fall below, where more is better); null where nothing is promised. */
  readonly bound: number | null;
  readonly ok: boolean;
}
