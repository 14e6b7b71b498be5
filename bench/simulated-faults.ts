/** Faults and harmless changes of simulated streams. Kinds and sizes are those of the labelled streams. */
import type { SimulatedModel } from "./simulated-model.ts";

export type Random = () => number;

/** The progress of a change at one row or vector. */
export interface Moment {
  readonly model: SimulatedModel;
  readonly features: readonly number[];
  readonly size: number;
  /** 0 to 1 over its length. */
  readonly progress: number;
  readonly random: Random;
}

export interface Kind {
  readonly kind: string;
  /** Number of changes of this kind in a realisation. */
  readonly count: number;
  /** Possible lengths in attributions; one is drawn. */
  readonly lasts: readonly number[];
  readonly sizes?: readonly number[];
  readonly harmful: boolean | null;
  /** Number of features that it changes. */
  readonly concerns?: number;
  /** Changes one input row, a copy. */
  readonly input?: (x: Float64Array, moment: Moment) => void;
  /** Changes the model's weights, a copy. */
  readonly weights?: (weights: Float64Array, moment: Moment) => void;
  /** Changes the exported vector, a copy, NaN for no row; undefined: nothing is exported. */
  readonly output?: (
    vector: number[],
    before: readonly number[],
    moment: Moment,
  ) => number[] | undefined;
  /** Factor on the rows of a window. */
  readonly rows?: number[];
  readonly population?: "weekend" | "shifted";
  /** Only for models whose population follows the hour. */
  readonly natural?: boolean;
  /** Not for models whose importances have both signs. */
  readonly unsigned?: boolean;
  /** Whether it always counts as measurable, without a look at the shares. */
  readonly plain?: boolean;
  readonly stays?: boolean;
  readonly marker?: boolean;
}

const each =
  (change: (value: number, moment: Moment, feature: number) => number) =>
  (x: Float64Array, moment: Moment): void => {
    for (const i of moment.features) x[i] = change(x[i]!, moment, i);
  };
const nothing = (): number => 0;
const fromAnotherRow = (_: number, { model, random }: Moment, feature: number): number =>
  model.row(Math.floor(random() * (model.table.length / model.plan.nFeatures)))[feature]!;
const exported =
  (change: (value: number, moment: Moment) => number): NonNullable<Kind["output"]> =>
  (vector, _, moment) =>
    vector.map((value, i) => (moment.features.includes(i) ? change(value, moment) : value));

const inputFaults: readonly Kind[] = [
  {
    kind: "null_column",
    count: 7,
    lasts: [20, 30, 40, 60],
    harmful: true,
    concerns: 1,
    input: each(nothing),
  },
  {
    kind: "stuck_constant",
    count: 5,
    lasts: [30, 48, 100],
    harmful: true,
    concerns: 1,
    input: each((_, { size }) => size),
    sizes: [0.24, 1],
  },
  {
    kind: "unit_change",
    count: 6,
    lasts: [3, 5, 8, 20],
    harmful: true,
    concerns: 1,
    sizes: [100, 1000, 0.001],
    input: each((value, { size }) => value * size),
  },
  {
    kind: "shuffled",
    count: 3,
    lasts: [48, 60],
    harmful: true,
    concerns: 1,
    input: each(fromAnotherRow),
  },
  {
    kind: "stale_lag",
    count: 1,
    lasts: [100],
    harmful: true,
    concerns: 1,
    input: each(fromAnotherRow),
  },
  {
    kind: "swap",
    count: 6,
    lasts: [12, 24, 50, 90, 120],
    harmful: true,
    concerns: 2,
    input: (x, { features: [a, b] }) => ([x[a!], x[b!]] = [x[b!]!, x[a!]!]),
  },
  {
    kind: "sign_flip",
    count: 1,
    lasts: [60],
    harmful: true,
    concerns: 1,
    input: each((value) => -value),
  },
  {
    kind: "wrong_encoding",
    count: 2,
    lasts: [40, 50],
    harmful: true,
    concerns: 1,
    input: each((value) => (Math.floor(value) + 3) % 7),
  },
  { kind: "timezone", count: 1, lasts: [30], harmful: true, natural: true, population: "shifted" },
  {
    kind: "broken_join",
    count: 2,
    lasts: [30, 60],
    harmful: true,
    concerns: 3,
    input: each(nothing),
  },
  {
    kind: "partial_outage",
    count: 11,
    lasts: [12, 20, 24, 30, 48, 60, 72, 90, 100, 200],
    harmful: true,
    concerns: 1,
    sizes: [0.12, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6],
    input: each((value, { size, random }) => (random() < size ? 0 : value)),
  },
  {
    kind: "ramp",
    count: 3,
    lasts: [72, 144, 200],
    harmful: true,
    concerns: 1,
    sizes: [0.8, 1.5, 2],
    input: each((value, { size, progress }) => value + size * progress),
  },
  {
    kind: "inflation",
    count: 2,
    lasts: [288, 500],
    harmful: true,
    concerns: 1,
    sizes: [1.8, 2.2],
    input: each((value, { size, progress }) => value * (1 + (size - 1) * progress)),
  },
];

const total = (weights: Float64Array): number => weights.reduce((sum, weight) => sum + weight, 0);
/** Changes the weights as if the model had learned from few, noisy or other rows. */
const learnedAnew =
  (spread: number) =>
  (weights: Float64Array, { random }: Moment): void => {
    for (const [i, weight] of weights.entries())
      weights[i] = weight * Math.exp(spread * (random() + random() + random() - 1.5) * 2);
  };
const leaks = (weights: Float64Array, { features: [leaking], size }: Moment): void => {
  const before = total(weights);
  for (const [i, weight] of weights.entries()) weights[i] = weight * 0.6;
  weights[leaking!] = (size * before) / 2;
};

const modelFaults: readonly Kind[] = [
  {
    kind: "leak_existing",
    count: 3,
    lasts: [24, 40, 60],
    harmful: true,
    concerns: 1,
    sizes: [0.8, 1, 1.5],
    weights: leaks,
  },
  {
    kind: "bad_model",
    count: 5,
    lasts: [40, 72, 80, 100, 150],
    harmful: true,
    weights: learnedAnew(0.5),
  },
  {
    kind: "retrain_same_data",
    count: 5,
    lasts: [40],
    harmful: false,
    weights: learnedAnew(0.1),
    stays: true,
    marker: true,
  },
];

const exportFaults: readonly Kind[] = [
  {
    kind: "frozen",
    count: 5,
    lasts: [12, 15, 18, 24, 40],
    harmful: true,
    plain: true,
    output: (_, before) => [...before],
  },
  {
    kind: "missing_feature",
    count: 3,
    lasts: [10, 24, 30],
    harmful: true,
    plain: true,
    concerns: 1,
    output: exported(() => Number.NaN),
  },
  {
    kind: "silent",
    count: 3,
    lasts: [9, 20, 30],
    harmful: true,
    plain: true,
    output: () => undefined,
  },
  {
    kind: "nan_values",
    count: 2,
    lasts: [4, 5],
    harmful: true,
    plain: true,
    concerns: 1,
    output: exported(() => Number.POSITIVE_INFINITY),
  },
  {
    kind: "negative_values",
    count: 2,
    lasts: [5, 8],
    harmful: true,
    plain: true,
    concerns: 1,
    unsigned: true,
    output: exported((value) => -Math.abs(value)),
  },
  {
    kind: "absurd_values",
    count: 1,
    lasts: [3],
    harmful: true,
    plain: true,
    concerns: 1,
    output: exported((value) => value * 1e6),
  },
  {
    kind: "rescale",
    count: 7,
    lasts: [40, 60, 100, 150, 200],
    sizes: [2, 0.01, 100],
    harmful: false,
    output: (vector, _, { size }) => vector.map((value) => value * size),
  },
  {
    kind: "scale_noise",
    count: 3,
    lasts: [40, 80, 150],
    sizes: [0.4, 0.5, 0.6],
    harmful: false,
    output: (vector, _, { size, random }) => {
      const factor = Math.exp(size * (random() + random() + random() - 1.5) * 2);
      return vector.map((value) => value * factor);
    },
  },
  { kind: "window_size", count: 5, lasts: [48, 80, 100, 250], harmful: false, rows: [0.3, 0.4, 4] },
  { kind: "holiday", count: 2, lasts: [24, 144], harmful: false, population: "weekend" },
  { kind: "blip", count: 5, lasts: [1], harmful: false, rows: [0.08, 0.1, 0.15] },
];

/** `leak_new`, `new_zero_feature` and `duplicate_rows` concern the rows that are written, not the model's vector. */
const rowChanges: readonly Kind[] = [
  { kind: "leak_new", count: 1, lasts: [40], harmful: true, plain: true },
  { kind: "new_zero_feature", count: 2, lasts: [24, 40], harmful: false },
  { kind: "duplicate_rows", count: 1, lasts: [20], harmful: null },
];

export const kinds: readonly Kind[] = [
  ...inputFaults,
  ...modelFaults,
  ...exportFaults,
  ...rowChanges,
];
