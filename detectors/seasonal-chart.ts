/** A control chart: how far, and for how long, a feature has stood off its slow level and the hour's habit. */
import { z } from "zod";
import type { Band, Detector, DetectorState, DetectorType, Explanation } from "./detector.ts";
import { seasonalChartPresets } from "./seasonal-chart-presets.ts";
import { bounded } from "./stats/bounded.ts";
import { clipped, isOver, larger, mostOf, spread } from "./stats/deviation.ts";
import { Habits, habitOf } from "./stats/habits.ts";
import { atRootDistance, rootDistance } from "./stats/root-distance.ts";

const threshold = z.number().positive();

const params = z.strictObject({
  thresholds: z
    .tuple([threshold, threshold, threshold])
    .default([5, 4.3, 4.8])
    .describe("Deviations of the mean residual over 3, 10 and 30 vectors at which the score is 1."),
  grace_period: z
    .int()
    .min(2)
    .max(10_000)
    .default(20)
    .describe("Observations of a feature before it is scored."),
  abs_floor: z
    .number()
    .min(1e-12)
    .max(1e12)
    .default(1e-12)
    .describe("Least deviation that counts, in the feature's own unit."),
  rel_floor: z
    .number()
    .min(0)
    .max(1)
    .default(1e-6)
    .describe("Least deviation that counts, as a fraction of what is expected."),
  linear_below: z
    .number()
    .min(1e-12)
    .max(1e12)
    .default(1e12)
    .describe(
      "Values far below it count as they are, far above it by their square root: for what has noise that grows with its level.",
    ),
});

type SeasonalChartParams = z.infer<typeof params>;

/** Weight of the newest residual in its means over 3, 10 and 30 vectors: 2 / (span + 1). */
const LENGTHS = [3, 10, 30] as const;
const RATES = LENGTHS.map((length) => 2 / (length + 1));
const SPANS = LENGTHS.length;
/** What averaging leaves of the floor, squared: what drifts does not average out as noise does. */
const FLOOR_PART = 0.4;
/** By how much boundaries are wider at an hour that has not been visited: day and hour may differ by more than was seen. */
const DOUBT = 0.15;
const LEVEL_RATE = 1 / 250;
const DEVIATION_RATE = 1 / 500;
/** Until then the deviation is a guess, and nothing is clipped while learning. */
const UNCLIPPED = 10;
const MOST_SCORE = 1e6;
/** Places of a feature's numbers. */
const COUNT = 0;
const LEVEL = 1;
const DEVIATION = 2;
const MEANS = 3;
const DEVIATIONS = MEANS + SPANS;
const STRIDE = DEVIATIONS + SPANS;

/** How many spans count (0: all), then the habits, then the features. */
const HELD_BYTES = 8;
const featuresAt = (nFeatures: number): number => HELD_BYTES + Habits.bytes(nFeatures);

/**
 * Scores a feature by the means of its residuals over 3, 10 and 30 vectors, each against its own deviation.
 *
 * Sees jumps within two vectors, small lasting shifts within ten or thirty, and does not mind seasons of a day and a
 * weekend. A single vector crosses the boundary only beyond 5 deviations. It fails on slow
 * ramps (the level follows), on series without a level (random walks), and on seasons of other lengths; in the first
 * days, before the hours have been visited, a strong season widens the deviations and hides small changes.
 *
 * expected = level + habit of the hour, kept apart for weekdays and weekends and believed by n/(n + 2) of its visits.
 * residual = how far the value is from it on the scale of √(|x| + linear_below), in its own unit, clipped at 5 deviations.
 * score = max over the spans of |mean residual| / √(variance + 0.4·floor²) / threshold / doubt, with floor =
 * max(abs_floor, rel_floor·|expected|) and doubt = 1 + 0.15·(1 − belief in the hour); and at least the residual itself,
 * unclipped, over 5 deviations, so that the largest change is blamed first. Warm-up: undefined until a feature has
 * `grace_period` observations.
 *
 * While vectors are skipped, as during an episode, nothing is learned: only the moving means are updated. Only spans up
 * to the shortest one that was beyond its boundary are scored. Otherwise the slow mean over 30 vectors would keep the
 * episode open long after the fault is gone.
 *
 * Time: about 60 ns a feature to score and learn. Memory: 36 bytes and the habits a feature, 228 in all.
 *
 * Source: exponentially weighted moving average chart, Roberts 1959, Technometrics 1(3); floors, spans and
 * thresholds were chosen on labelled streams of importances.
 *
 * @example
 * // {grace_period: 4, abs_floor: 1}; learned 10 eight times: level 10, the deviation is the floor
 * // scoreOne(13) === 0.6, a residual of 3 over 5 floors
 */
export const seasonalChart: DetectorType<SeasonalChartParams> = {
  name: "seasonal-chart",
  version: 2,
  params,
  presets: seasonalChartPresets,
  stateBytes: (_, nFeatures) => featuresAt(nFeatures) + Math.ceil((nFeatures * STRIDE) / 2) * 8,
  create: (settings, state) => new SeasonalChart(settings, state),
  grow: (_, from, to) => {
    to.bytes.set(from.bytes.subarray(0, HELD_BYTES));
    const [before, after] = [from, to].map(({ bytes }) => bytes.subarray(HELD_BYTES));
    Habits.grow(before!, after!, [from.nFeatures, to.nFeatures]);
    const [known, place] = [featuresAt(from.nFeatures), featuresAt(to.nFeatures)];
    to.bytes.set(from.bytes.subarray(known, known + from.nFeatures * STRIDE * 4), place);
  },
};

class SeasonalChart implements Detector {
  /** How many spans count while vectors are skipped; 0 while they are learned. */
  readonly #held: Float32Array;
  readonly #habits: Habits;
  readonly #series: Float32Array;
  readonly #settings: SeasonalChartParams;
  /** The thresholds squared. */
  readonly #limits: readonly number[];

  constructor(settings: SeasonalChartParams, { bytes, nFeatures }: DetectorState) {
    const { buffer, byteOffset } = bytes;
    this.#settings = settings;
    this.#limits = settings.thresholds.map((one) => one * one);
    this.#held = new Float32Array(buffer, byteOffset, 2);
    this.#habits = new Habits(bytes.subarray(HELD_BYTES), nFeatures);
    this.#series = new Float32Array(buffer, byteOffset + featuresAt(nFeatures), nFeatures * STRIDE);
  }

  // The loops below calculate in place: calls and fields for every feature would cost half as much again.

  scoreOne(x: Float64Array, featureScores: Float64Array, at?: number): number | undefined {
    const series = this.#series;
    const { grace_period: grace, linear_below: bend } = this.#settings;
    const limits = this.#limits;
    const held = this.#held[0]!;
    const spans = held || SPANS;
    const { values } = this.#habits;
    const visit = this.#habits.visit(at);
    const sure = sureness(at, visit);
    let highest = -1;
    for (let slot = 0, s = 0; slot < x.length; slot++, s += STRIDE) {
      featureScores[slot] = Number.NaN;
      const value = bounded(x[slot]!);
      if (Number.isNaN(value) || series[s + COUNT]! < grace) continue;
      const expected = series[s + LEVEL]! + habitOf(values, slot, visit);
      const floor = this.#floor(expected);
      const most = mostOf(series[s + DEVIATION]!, floor);
      const distance = rootDistance(value, expected, bend);
      const residual = clipped(distance, most);
      let squared = 0;
      for (let k = 0; k < spans; k++) {
        const before = series[s + MEANS + k]!;
        const from = held > 0 && isOver(before, residual, most) ? 0 : before;
        const mean = from + (residual - from) * RATES[k]!;
        const variance = series[s + DEVIATIONS + k]! ** 2 + FLOOR_PART * floor;
        squared = larger(squared, (mean * mean) / (variance * limits[k]!));
      }
      const score = larger(Math.sqrt(squared) * sure, Math.abs(distance) / most);
      featureScores[slot] = clipped(score, MOST_SCORE);
      highest = larger(highest, featureScores[slot]!);
    }
    return highest < 0 ? undefined : highest;
  }

  learnOne(x: Float64Array, at?: number): void {
    const series = this.#series;
    const { linear_below: bend } = this.#settings;
    const { values } = this.#habits;
    const visit = this.#habits.visit(at);
    if (this.#held[0]! > 0) this.#release();
    for (let slot = 0, s = 0; slot < x.length; slot++, s += STRIDE) {
      const value = bounded(x[slot]!);
      if (Number.isNaN(value)) continue;
      const n = series[s + COUNT]! + 1;
      series[s + COUNT] = n;
      if (n === 1) series[s + LEVEL] = value;
      const expected = series[s + LEVEL]! + habitOf(values, slot, visit);
      const most = mostOf(series[s + DEVIATION]!, this.#floor(expected));
      const distance = rootDistance(value, expected, bend);
      const residual = n < UNCLIPPED ? distance : clipped(distance, most);
      const rate = larger(DEVIATION_RATE, 1 / n);
      series[s + DEVIATION] = spread(series[s + DEVIATION]!, residual, rate);
      for (let k = 0; k < SPANS; k++) {
        const before = series[s + MEANS + k]!;
        const mean = before + (residual - before) * RATES[k]!;
        series[s + MEANS + k] = mean;
        series[s + DEVIATIONS + k] = spread(series[s + DEVIATIONS + k]!, mean, rate);
      }
      const habit = visit.bucket + slot;
      const off = expected + residual - series[s + LEVEL]!;
      values[habit]! += (off - values[habit]!) * visit.rate;
      series[s + LEVEL]! += residual * larger(LEVEL_RATE, 1 / n);
    }
    this.#habits.count(at);
  }

  skipOne(x: Float64Array, at?: number): void {
    const series = this.#series;
    const { grace_period: grace, linear_below: bend } = this.#settings;
    const { values } = this.#habits;
    const visit = this.#habits.visit(at);
    const before = this.#held[0]!;
    let held = before || SPANS + 1;
    for (let slot = 0, s = 0; slot < x.length; slot++, s += STRIDE) {
      const value = bounded(x[slot]!);
      if (Number.isNaN(value) || series[s + COUNT]! < grace) continue;
      const expected = series[s + LEVEL]! + habitOf(values, slot, visit);
      const floor = this.#floor(expected);
      const most = mostOf(series[s + DEVIATION]!, floor);
      const residual = clipped(rootDistance(value, expected, bend), most);
      for (let k = 0; k < SPANS; k++) {
        const mean = series[s + MEANS + k]!;
        const from = before > 0 && isOver(mean, residual, most) ? 0 : mean;
        series[s + MEANS + k] = from + (residual - from) * RATES[k]!;
      }
      held = this.#shortestBeyond(s, floor, held);
    }
    this.#held[0] = held > SPANS ? 0 : held;
  }

  band(slot: number, at?: number): Band | undefined {
    const s = slot * STRIDE;
    const n = this.#series[s + COUNT]!;
    if (n < this.#settings.grace_period) return undefined;
    const habit = habitOf(this.#habits.values, slot, this.#habits.visit(at));
    const expected = this.#series[s + LEVEL]! + habit;
    const reach = mostOf(this.#series[s + DEVIATION]!, this.#floor(expected));
    return { expected, ...this.#around(expected, reach), n };
  }

  explain(slot: number, given: number, at?: number): Explanation | undefined {
    const band = this.band(slot, at);
    if (band === undefined) return undefined;
    const value = bounded(given);
    const { expected } = band;
    let said: Explanation = { ...band, observed: value, span: 1, unit: "value" };
    if (value < band.low || value > band.high) return said;
    const s = slot * STRIDE;
    const floor = this.#floor(expected);
    const sure = sureness(at, this.#habits.visit(at));
    const distance = rootDistance(value, expected, this.#settings.linear_below);
    let furthest = 0;
    for (let k = 0; k < (this.#held[0]! || SPANS); k++) {
      const before = this.#series[s + MEANS + k]!;
      const mean = before + (distance - before) * RATES[k]!;
      const variance = this.#series[s + DEVIATIONS + k]! ** 2 + FLOOR_PART * floor;
      const reach = Math.sqrt(variance * this.#limits[k]!) / sure;
      if (Math.abs(mean) / reach <= furthest) continue;
      furthest = Math.abs(mean) / reach;
      const observed = atRootDistance(mean, expected, this.#settings.linear_below);
      said = { ...said, ...this.#around(expected, reach), observed, span: LENGTHS[k]! };
    }
    return said;
  }

  /** The values that far from what is expected. */
  #around(expected: number, reach: number): Pick<Band, "low" | "high"> {
    const { linear_below: bend } = this.#settings;
    return {
      low: atRootDistance(-reach, expected, bend),
      high: atRootDistance(reach, expected, bend),
    };
  }

  /** @returns 1 + the first span whose mean is beyond its boundary, if that is below `held` */
  #shortestBeyond(s: number, floor: number, held: number): number {
    for (let k = 0; k < SPANS && k + 1 < held; k++) {
      const variance = this.#series[s + DEVIATIONS + k]! ** 2 + FLOOR_PART * floor;
      if (this.#series[s + MEANS + k]! ** 2 >= variance * this.#limits[k]!) return k + 1;
    }
    return held;
  }

  /** Vectors are learned again: what the means remember of the skipped ones is over. */
  #release(): void {
    for (let s = 0; s < this.#series.length; s += STRIDE) {
      this.#series.fill(0, s + MEANS, s + MEANS + SPANS);
    }
    this.#held[0] = 0;
  }

  /** Squared. */
  #floor(expected: number): number {
    const { abs_floor: absolute, rel_floor: relative } = this.#settings;
    return larger(absolute, relative * Math.abs(expected)) ** 2;
  }
}

/** Part of the score that is left at an hour that has not been visited. */
const sureness = (at: number | undefined, { own }: { readonly own: number }): number =>
  at === undefined ? 1 : 1 / (1 + DOUBT * (1 - own));
