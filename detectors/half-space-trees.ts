/**
 * Half-space trees: scores a vector by how few vectors of the last window fell into the same part of the feature
 * space.
 */
import { z } from "zod";
import type { Band, Detector, DetectorState, DetectorType } from "./detector.ts";
import type { PresetUses } from "./preset.ts";
import { HalfSpaceMasses, type MassesOptions, type Walk } from "./stats/half-space-masses.ts";
import { OnlineScaler } from "./stats/online-scaler.ts";
import { type Limits, type TreeShape, treeShape } from "./stats/tree-shape.ts";

const limitsOfFeature = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low < high, "limits are [low, high] with low < high");

const params = z
  .strictObject({
    n_trees: z.int().min(1).max(1000).default(10).describe("Trees whose masses are added up."),
    height: z
      .int()
      .min(1)
      .max(15)
      .default(8)
      .describe("Splits from root to leaf; doubles the memory each."),
    window_size: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(250)
      .describe(
        "Vectors in the reference; above 255 the counters take twice the memory, above 65535 more.",
      ),
    limits: z
      .record(z.string(), limitsOfFeature)
      .optional()
      .describe(
        "Feature to [lowest, highest] expected value; (0, 1) for those not named. Turns squashing off.",
      ),
    features: z
      .array(z.string())
      .optional()
      .describe("Names of the feature slots in order, which limits refer to."),
    seed: z
      .int()
      .nullable()
      .default(null)
      .describe(
        "Seed of the trees as in Python's random.Random; null is 42, the seed of River's examples.",
      ),
    calibrate: z
      .boolean()
      .default(true)
      .describe(
        "Squash the inputs and put the boundary at 1; false gives River's score in [0, 1].",
      ),
  })
  .refine(({ limits, features }) => !limits || features, {
    path: ["features"],
    message: "limits go by name: give the names of the feature slots, in order",
  });

type HalfSpaceTreesParams = z.infer<typeof params>;

const SEED = 42;

/** The boundary is the mass below which one in 200 recent vectors stayed. It is followed in steps of 10 %. */
const FRACTION = 1 / 200;
const STEP = 0.1;
const RISE = Math.exp(STEP * FRACTION);
const FALL = Math.exp(STEP * (FRACTION - 1));

/**
 * The largest boundary, just below the full mass. A constant series then scores below 1. A vector that misses the leaf
 * in one of ten trees (5 %) scores above 1.
 */
const MOST_BOUNDARY = 0.99;

/** Places in the header. */
const LEARNED = 0;
const WINDOWS = 1;
const JUDGED = 2;
const BOUNDARY = 3;
const HEADER_BYTES = 32;

/** The least score of River at which a vector counts as anomalous. */
const plainBoundary = 0.8;

const presets: PresetUses = {
  standard: () => ({ deciding: false, params: {} }),
  plain: () => ({ deciding: true, boundary: plainBoundary, params: { calibrate: false } }),
};

/**
 * An ensemble of random splits of the feature space that counts where recent vectors fell; few neighbours is anomalous.
 *
 * Sees what no single feature shows: combinations that have not occurred lately, in constant time and memory, without
 * labels. It fails on anomalies that last (beyond a tenth of a window they become the reference), on single features
 * among many (a path of 8 splits asks few of them), and blames nobody: feature scores are NaN. River's own score
 * (`calibrate: false`) needs inputs within the limits, is not comparable between data sets (a normal vector scores .98
 * where data are spread out and 0 where they are constant), and takes no part in the boundary of 1.
 *
 * mass = Σ over trees, Σ over the path to the first node with r < window_size/10, of r·2^depth,
 * divided by n_trees·window_size·(2^(height+1) − 1); r counts the node's vectors of the last whole window.
 * River's score = 1 − mass, equal to the last bit. A missing feature follows the child with more vectors.
 *
 * calibrated score = boundary / mass: 1 where the mass falls to the boundary, monotone in River's score, above 0, at
 * most 0.99·(2^(height+1) − 1). The boundary follows the 0.5 % quantile of the masses learned: times e^0.0005 after
 * each vector, times e^−0.1 more after one below it (a tenth is coarse enough to recover from a bad start within a few
 * windows, and no single vector moves it further), never above 0.99, so that a constant series stays below 1. Without
 * limits the inputs are squashed into (0, 1) first, see {@link OnlineScaler}, with a memory of one window.
 *
 * Warm-up: undefined for the first window and, calibrated, for another fifth of one, whose least mass is the first
 * boundary. Growing by a feature keeps locations and scales and starts trees and boundary again.
 *
 * Time: n_trees·height comparisons to score and learn, since what was just scored is not walked again, and a sweep over
 * all counters once a window: 0.25 µs a vector of 10 features, 0.4 µs calibrated. Memory: 3 bytes a leaf, of which
 * there are n_trees·2^height, in windows up to 255 at heights up to 8, and 18 bytes a feature; 7.7 KB by default.
 *
 * Source: Tan, Ting and Liu 2011, "Fast Anomaly Detection for Streaming Data", IJCAI; River's variant, which adds up
 * the whole path (`river/anomaly/hst.py`).
 *
 * @example
 * // {n_trees: 5, height: 3, window_size: 3, seed: 42, calibrate: false}
 * // learned 0.5, 0.45, 0.43, 0.5: scoreOne(0.5) === 0.10666666666666669
 * // then 0.45, 0.43, 0.44, 0.445, 0.45 and 0: scoreOne(0) === 0.8533333333333333
 */
export const halfSpaceTrees: DetectorType<HalfSpaceTreesParams> = {
  name: "half-space-trees",
  version: 2,
  params,
  presets,
  stateBytes: (settings, nFeatures) =>
    HEADER_BYTES + scalerBytes(settings, nFeatures) + HalfSpaceMasses.bytes(sizes(settings)),
  create: (settings, state) => new HalfSpaceTrees(settings, state),
  grow: (settings, from, to) => {
    const old = scalerOf(settings, from);
    if (old) scalerOf(settings, to)?.copy(old);
  },
};

function scales(settings: HalfSpaceTreesParams): boolean {
  return settings.calibrate && settings.limits === undefined;
}

function sizes(settings: HalfSpaceTreesParams): MassesOptions {
  const { n_trees: nTrees, height, window_size: windowSize } = settings;
  return { nTrees, height, windowSize };
}

function scalerBytes(settings: HalfSpaceTreesParams, nFeatures: number): number {
  return scales(settings) ? OnlineScaler.bytes(nFeatures) : 0;
}

function scalerOf(settings: HalfSpaceTreesParams, state: DetectorState): OnlineScaler | undefined {
  if (!scales(settings)) return undefined;
  return new OnlineScaler(
    state.bytes.subarray(HEADER_BYTES),
    state.nFeatures,
    settings.window_size,
  );
}

function massesOf(settings: HalfSpaceTreesParams, state: DetectorState): HalfSpaceMasses {
  const start = HEADER_BYTES + scalerBytes(settings, state.nFeatures);
  const shape = shapeOf(settings, state.nFeatures);
  return new HalfSpaceMasses(shape, sizes(settings), state.bytes.subarray(start));
}

function shapeOf(settings: HalfSpaceTreesParams, nFeatures: number): TreeShape {
  const { limits, features } = settings;
  const ofSlot = (slot: number): Limits => limits?.[features?.[slot] ?? ""] ?? [0, 1];
  return treeShape({
    nTrees: settings.n_trees,
    height: settings.height,
    seed: settings.seed ?? SEED,
    nFeatures,
    limits: limits && Array.from({ length: nFeatures }, (_, slot) => ofSlot(slot)),
  });
}

/** The newest walk: its forest, how much the forest had learned, and the vector. Working space, never state. */
const newest = {
  gaps: false,
  leaves: new Int32Array(16),
  mass: 0,
  x: new Float64Array(64),
  forest: undefined as Detector | undefined,
  learned: 0,
};

function remember(x: Float64Array): void {
  if (newest.x.length < x.length) newest.x = new Float64Array(2 * x.length);
  const kept = newest.x;
  let gaps = false;
  for (let slot = 0; slot < x.length; slot++) {
    const value = x[slot]!;
    kept[slot] = value;
    if (Number.isNaN(value)) gaps = true;
  }
  newest.gaps = gaps;
}

function isNewest(x: Float64Array): boolean {
  const kept = newest.x;
  for (let slot = 0; slot < x.length; slot++) {
    const gaps = Number.isNaN(x[slot]) && Number.isNaN(kept[slot]);
    if (x[slot] !== kept[slot] && !gaps) return false;
  }
  return true;
}

class HalfSpaceTrees implements Detector {
  readonly #header: Float64Array;
  readonly #scaler: OnlineScaler | undefined;
  readonly #masses: HalfSpaceMasses;
  readonly #calibrate: boolean;
  readonly #windowSize: number;
  /** Vectors judged but not scored after the first window. */
  readonly #toJudge: number;

  constructor(settings: HalfSpaceTreesParams, state: DetectorState) {
    this.#header = new Float64Array(state.bytes.buffer, state.bytes.byteOffset, HEADER_BYTES / 8);
    this.#scaler = scalerOf(settings, state);
    this.#masses = massesOf(settings, state);
    this.#calibrate = settings.calibrate;
    this.#windowSize = settings.window_size;
    this.#toJudge = settings.calibrate ? Math.ceil(settings.window_size / 5) : 0;
  }

  scoreOne(x: Float64Array, featureScores: Float64Array): number | undefined {
    for (let slot = 0; slot < featureScores.length; slot++) featureScores[slot] = Number.NaN;
    if (!this.#header[WINDOWS] || this.#header[JUDGED]! < this.#toJudge) return undefined;
    const mass = this.#walk(x).mass;
    return this.#calibrate ? this.#header[BOUNDARY]! / mass : 1 - mass;
  }

  learnOne(x: Float64Array): void {
    const walk = this.#walk(x);
    if (this.#calibrate && this.#header[WINDOWS]! > 0) this.#follow(walk.mass);
    this.#masses.count(walk);
    this.#scaler?.learn(x);
    this.#header[LEARNED]! += 1;
    if (this.#header[LEARNED] !== this.#windowSize) return;
    this.#masses.turn();
    this.#header[LEARNED] = 0;
    this.#header[WINDOWS]! += 1;
  }

  band(): Band | undefined {
    return undefined;
  }

  /** The leaves of x. If x was scored just now, its walk is reused for learning. */
  #walk(x: Float64Array): Walk {
    const learned = this.#header[WINDOWS]! * this.#windowSize + this.#header[LEARNED]!;
    if (newest.forest === this && newest.learned === learned && isNewest(x)) return newest;
    remember(x);
    newest.forest = this;
    newest.learned = learned;
    this.#masses.walk(this.#scaler?.apply(x) ?? x, newest);
    return newest;
  }

  #follow(mass: number): void {
    const judged = this.#header[JUDGED]!;
    const boundary = judged === 0 ? MOST_BOUNDARY : this.#header[BOUNDARY]!;
    const followed = boundary * (mass < boundary ? FALL : RISE);
    const next = judged < this.#toJudge ? Math.min(boundary, mass) : followed;
    this.#header[BOUNDARY] = Math.min(next, MOST_BOUNDARY);
    this.#header[JUDGED]! += 1;
  }
}
