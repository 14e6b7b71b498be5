/** One measured figure, and whether what was promised of it holds; every part of the bench reports these. */
export interface BenchLine {
  readonly section: string;
  readonly name: string;
  readonly value: number;
  /** Unit of value and bound. */
  readonly unit: string;
  /** What the value must not exceed (or fall below, where more is better); null where nothing is promised. */
  readonly bound: number | null;
  readonly ok: boolean;
}

interface Figure {
  readonly section: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The value may not be larger. */
  readonly atMost?: number;
  /** The value may not be smaller. */
  readonly atLeast?: number;
}

/** Rounds to what can be read, and holds the rounded value against the bound, so that the line does not contradict itself. */
export function benchLine({ section, name, value, unit, atMost, atLeast }: Figure): BenchLine {
  const rounded = Number(value.toPrecision(Math.abs(value) >= 1000 ? 4 : 3));
  const ok =
    rounded <= (atMost ?? Number.POSITIVE_INFINITY) &&
    rounded >= (atLeast ?? Number.NEGATIVE_INFINITY);
  return { section, name, value: rounded, unit, bound: atMost ?? atLeast ?? null, ok };
}

/** What is being measured just now. */
export function progress(what: string): void {
  process.stderr.write(`… ${what}\n`);
}

/** What is missing here and therefore not measured; one line, never a guess in its place. */
export function leftOut(what: string, needs: string): void {
  process.stderr.write(`left out: ${what}; it needs ${needs}\n`);
}
