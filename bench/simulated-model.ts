/**
 * A model with a table of its own, whose contributions are known exactly. Simulated importances are computed from it.
 */
import { gaussian } from "./daily-streams.ts";

/**
 * The kind of importance: mean |contribution|, mean contribution compared with a reference row, or the loss when
 * permuted.
 */
export type ImportanceKind = "absolute" | "signed" | "permutation";

export interface ModelPlan {
  readonly name: string;
  readonly nFeatures: number;
  readonly kind: ImportanceKind;
  readonly cadenceMinutes: number;
  readonly days: number;
  readonly rowsPerWindow: number;
  /** Seconds over which the rows of an attribution are spread; 0: one timestamp. */
  readonly spread: number;
  /** The population follows the hour itself, not only slowly moving segments. */
  readonly natural: boolean;
  /** Number of neighbouring features that share a factor; 1: none do. */
  readonly band: number;
  /** Part of the features that the model hardly uses. */
  readonly nearZero: number;
}

type Random = () => number;
type Shape = (x: number) => number;

const tableRows = 2400;
export const segments = 24;

/** Rows of the table, and how the model weighs them. */
export class SimulatedModel {
  readonly plan: ModelPlan;
  /** Rows × features. */
  readonly table: Float64Array;
  /** Rows of each segment (an hour of the day, or a kind of customer). */
  readonly rowsOf: readonly (readonly number[])[];
  readonly weights: Float64Array;
  readonly pairs: readonly (readonly [one: number, other: number, weight: number])[];
  readonly #shapes: readonly Shape[];
  readonly #reference: Float64Array;
  readonly #scored: Float64Array;

  constructor(plan: ModelPlan, random: Random) {
    const { nFeatures: n } = plan;
    this.plan = plan;
    this.table = tableOf(plan, random);
    const rows = Array.from({ length: tableRows }, (_, row) => row);
    this.rowsOf = Array.from({ length: segments }, (_, segment) =>
      rows.filter((row) => row % segments === segment),
    );
    this.weights = weightsOf(plan, random);
    this.pairs = Array.from({ length: Math.floor(n / 2) }, () => {
      const [one, other] = [Math.floor(random() * n), Math.floor(random() * n)];
      return [one, other, 0.5 * Math.sqrt(this.weights[one]! * this.weights[other]!)] as const;
    }).filter(([one, other]) => one !== other);
    this.#shapes = Array.from({ length: n }, (_, i) =>
      standardised(shapeOf(random), this.#column(i)),
    );
    this.#scored = new Float64Array(n);
    this.#reference = Float64Array.from({ length: n }, (_, i) =>
      this.#shapes[i]!(gaussian(random)),
    );
  }

  row(index: number): Float64Array {
    const { nFeatures: n } = this.plan;
    return this.table.subarray(index * n, (index + 1) * n);
  }

  /**
   * Computes the contribution of each feature of a row: interventional Shapley values of an additive model with
   * products.
   */
  contributions(x: Float64Array, weights: Float64Array, into: Float64Array): void {
    const scored = this.#scored;
    const signed = this.plan.kind === "signed";
    for (let i = 0; i < x.length; i++) {
      scored[i] = this.#shapes[i]!(x[i]!);
      into[i] = weights[i]! * (signed ? scored[i]! - this.#reference[i]! : scored[i]!);
    }
    for (const [one, other, weight] of this.pairs) {
      const both = (weight * scored[one]! * scored[other]!) / 2;
      into[one]! += both;
      into[other]! += both;
    }
  }

  /** The approximate part of the attention that each feature has. */
  attention(): Float64Array {
    const { nFeatures: n, kind } = this.plan;
    const sums = new Float64Array(n);
    const phi = new Float64Array(n);
    for (let row = 0; row < tableRows; row += 5) {
      this.contributions(this.row(row), this.weights, phi);
      for (let i = 0; i < n; i++)
        sums[i]! +=
          kind === "signed" ? phi[i]! : kind === "absolute" ? Math.abs(phi[i]!) : phi[i]! ** 2;
    }
    return sums.map(Math.abs);
  }

  #column(i: number): Float64Array {
    return Float64Array.from({ length: tableRows }, (_, row) => this.row(row)[i]!);
  }
}

/** Creates normal, skewed, binary and count columns. Bands share a factor; segments and hours shift the columns. */
function tableOf({ nFeatures: n, band, natural }: ModelPlan, random: Random): Float64Array {
  const table = new Float64Array(tableRows * n);
  const columns = Array.from({ length: n }, () => ({
    type: Math.floor(random() * 4),
    swing: (natural ? 0.7 : 0.4) * gaussian(random),
    phase: random() * 24,
    shifts: Array.from({ length: segments }, () => 0.4 * gaussian(random)),
  }));
  for (let row = 0; row < tableRows; row++) {
    const segment = row % segments;
    let factor = 0;
    for (const [i, { type, swing, phase, shifts }] of columns.entries()) {
      if (i % band === 0) factor = gaussian(random);
      const own = gaussian(random);
      const shared = band > 1 ? 0.85 * factor + Math.sqrt(1 - 0.85 ** 2) * own : own;
      const moved = natural
        ? swing * Math.cos(((segment - phase) / 12) * Math.PI)
        : shifts[segment]!;
      table[row * n + i] = [
        (z: number) => z,
        (z: number) => Math.exp(0.8 * z) - 1,
        (z: number) => (z > 0.4 ? 1 : 0),
        (z: number) => Math.min(6, Math.max(0, Math.floor(1.5 * z + 2))),
      ][type]!(shared + moved);
    }
  }
  return table;
}

function weightsOf({ nFeatures: n, nearZero }: ModelPlan, random: Random): Float64Array {
  const used = Math.max(3, Math.round(n * (1 - nearZero)));
  const decay = 3.5 / used;
  const ranks = Array.from({ length: n }, (_, rank) => ({ rank, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ rank }) => rank);
  return Float64Array.from(ranks, (rank) =>
    rank < used ? Math.exp(-decay * rank) * (0.7 + 0.6 * random()) : 0.002 * random(),
  );
}

/** Draws the shape of a contribution: a line, saturation, a kink, or the steps of a tree. */
function shapeOf(random: Random): Shape {
  const kind = Math.floor(random() * 4);
  const knot = gaussian(random);
  if (kind === 0) return (x) => Math.max(-50, Math.min(50, x));
  if (kind === 1) return (x) => Math.tanh(x - knot / 2);
  if (kind === 2) return (x) => Math.min(Math.max(0, x - knot / 2), 30) + 0.2 * Math.tanh(x);
  const cuts = Array.from({ length: 6 }, () => 1.2 * gaussian(random)).toSorted((a, b) => a - b);
  const leaves = Array.from({ length: 7 }, (_, i) => i / 3 + gaussian(random));
  return (x) => {
    let leaf = 0;
    for (const cut of cuts) if (x > cut) leaf++;
    return leaves[leaf]!;
  };
}

function standardised(shape: Shape, column: Float64Array): Shape {
  let sum = 0;
  let squares = 0;
  for (const x of column) {
    const value = shape(x);
    sum += value;
    squares += value * value;
  }
  const mean = sum / column.length;
  const deviation = Math.sqrt(Math.max(squares / column.length - mean * mean, 1e-6));
  return (x) => (shape(x) - mean) / deviation;
}
