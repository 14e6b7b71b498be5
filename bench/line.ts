/** One measured figure, and whether it keeps its bound. Every section of the bench reports such lines. */
export interface BenchLine {
  readonly section: string;
  readonly name: string;
  readonly value: number;
  /** Unit of value and bound. */
  readonly unit: string;
  /** The largest value allowed, or the smallest where more is better; null without a bound. */
  readonly bound: number | null;
  readonly ok: boolean;
}

interface Figure {
  readonly section: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The largest value allowed. */
  readonly atMost?: number;
  /** The smallest value allowed. */
  readonly atLeast?: number;
}

/** Rounds the value and compares the rounded value with the bound, so that the line does not contradict itself. */
export function benchLine({ section, name, value, unit, atMost, atLeast }: Figure): BenchLine {
  const rounded = Number(value.toPrecision(Math.abs(value) >= 1000 ? 4 : 3));
  const ok =
    rounded <= (atMost ?? Number.POSITIVE_INFINITY) &&
    rounded >= (atLeast ?? Number.NEGATIVE_INFINITY);
  return { section, name, value: rounded, unit, bound: atMost ?? atLeast ?? null, ok };
}

/** Prints the present measurement on stderr. */
export function progress(what: string): void {
  process.stderr.write(`… ${what}\n`);
}

/** Prints on stderr that a measurement is left out, and what it needs. */
export function leftOut(what: string, needs: string): void {
  process.stderr.write(`left out: ${what}; it needs ${needs}\n`);
}
