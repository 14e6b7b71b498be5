/** The arithmetic of the seasonal chart: residuals from level and habit, their means, and what features tell of each other. */
import type { Band, Detector, DetectorState, Explanation } from "../detector.ts";
import { bounded } from "./bounded.ts";
import {
  COUNT,
  DEVIATION,
  DEVIATIONS,
  FREQUENCIES,
  featuresAt,
  HELD_BYTES,
  LEVEL,
  MEANS,
  othersOf,
  STRIDE,
} from "./chart-layout.ts";
import type { SeasonalChartParams } from "./chart-settings.ts";
import { type ConditionalChart, standardised } from "./conditional-chart.ts";
import { CLIP, clipped, isOver, larger, mostOf, spread } from "./deviation.ts";
import { Habits, habitOf } from "./habits.ts";
import { highestOf } from "./highest.ts";
import { HourlyNoise } from "./hourly-noise.ts";
import {
  deviationRate,
  FLOOR_PART,
  furtherThan,
  furthestMean,
  LENGTHS,
  nextMean,
  RATES,
  SPANS,
  shortestBeyond,
} from "./residual-means.ts";
import { atRootDistance, rootDistance } from "./root-distance.ts";
import { deviateOf, frequenciesOf, isSparse, learnFrequency, skipFrequency } from "./sparse.ts";

/** By how much boundaries are wider at an hour that has not been visited: day and hour may differ by more than was seen. */
const DOUBT = 0.15;
const LEVEL_RATE = 1 / 250;
/** Until then the deviation is a guess, and nothing is clipped while learning. */
const UNCLIPPED = 10;
const MOST_SCORE = 1e6;
/** Weight of a vector in what features tell of each other, at an hour that has not been visited. */
const KNOWN_LEAST = 0.5;
export class ResidualChart implements Detector {
  /** How many spans count while vectors are skipped; 0 while they are learned. */
  readonly #held: Float32Array;
  readonly #habits: Habits;
  readonly #noise: HourlyNoise;
  readonly #series: Float32Array;
  readonly #others: ConditionalChart;
  readonly #settings: SeasonalChartParams;
  /** The thresholds squared. */
  readonly #limits: readonly number[];
  /** The deviate at which the frequency of a sparse series is beyond its boundary. */
  readonly #rarely: number;

  constructor(settings: SeasonalChartParams, state: DetectorState) {
    const { bytes, nFeatures } = state;
    const { buffer, byteOffset } = bytes;
    this.#others = othersOf(settings, state);
    this.#settings = settings;
    this.#limits = settings.thresholds.map((one) => one * one);
    this.#rarely = settings.thresholds[SPANS - 1]!;
    this.#held = new Float32Array(buffer, byteOffset, 2);
    this.#noise = new HourlyNoise(bytes.subarray(8), nFeatures);
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
    const noise = this.#noise.factor(visit);
    for (let slot = 0, s = 0; slot < x.length; slot++, s += STRIDE) {
      featureScores[slot] = Number.NaN;
      unknown(slot);
      const value = bounded(x[slot]!);
      if (Number.isNaN(value) || series[s + COUNT]! < grace) continue;
      if (isSparse(series, s + FREQUENCIES)) {
        const seen = { value, n: series[s + COUNT]! };
        featureScores[slot] = (deviateOf(series, s + FREQUENCIES, seen) / this.#rarely) * sure;
        continue;
      }
      const expected = series[s + LEVEL]! + habitOf(values, slot, visit);
      const floor = this.#floor(expected);
      const most = mostOf(series[s + DEVIATION]!, floor);
      const distance = rootDistance(value, expected, bend) / noise;
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
      this.#standardise(slot, residual / most, floor);
    }
    this.#others.score(featureScores, { spans, held: held > 0, sure });
    return highestOf(featureScores);
  }

  learnOne(x: Float64Array, at?: number): void {
    const series = this.#series;
    const { linear_below: bend } = this.#settings;
    const { values } = this.#habits;
    const visit = this.#habits.visit(at);
    const weight = weightAt(at, visit);
    const weights = (this.#held[1]! += weight);
    const noise = this.#noise.factor(visit);
    let squares = 0;
    let counted = 0;
    this.#release();
    for (let slot = 0, s = 0; slot < x.length; slot++, s += STRIDE) {
      unknown(slot);
      const value = bounded(x[slot]!);
      if (Number.isNaN(value)) continue;
      const n = series[s + COUNT]! + 1;
      series[s + COUNT] = n;
      learnFrequency(series, s + FREQUENCIES, { value, n });
      const sparse = isSparse(series, s + FREQUENCIES);
      if (n === 1) series[s + LEVEL] = value;
      const expected = series[s + LEVEL]! + habitOf(values, slot, visit);
      const floor = this.#floor(expected);
      const most = mostOf(series[s + DEVIATION]!, floor);
      const distance = rootDistance(value, expected, bend) / noise;
      if (n >= UNCLIPPED && !sparse) {
        squares += ((CLIP * clipped(distance, most)) / most) ** 2;
        counted++;
      }
      if (!sparse) this.#standardise(slot, clipped(distance, most) / most, floor);
      const residual = n < UNCLIPPED ? distance : clipped(distance, most);
      const rate = deviationRate(n, weight, weights);
      series[s + DEVIATION] = spread(series[s + DEVIATION]!, residual, rate);
      for (let k = 0; k < SPANS; k++) {
        const before = series[s + MEANS + k]!;
        const mean = before + (residual - before) * RATES[k]!;
        series[s + MEANS + k] = mean;
        series[s + DEVIATIONS + k] = spread(series[s + DEVIATIONS + k]!, mean, rate);
      }
      const habit = visit.bucket + slot;
      const off = expected + residual * noise - series[s + LEVEL]!;
      values[habit]! += (off - values[habit]!) * visit.rate;
      series[s + LEVEL]! += residual * noise * larger(LEVEL_RATE, 1 / n);
    }
    this.#others.learn(weight);
    if (at !== undefined) this.#noise.learn(visit, (squares / counted) * noise * noise, weight);
    this.#habits.count(at);
  }

  skipOne(x: Float64Array, at?: number): void {
    const series = this.#series;
    const { grace_period: grace, linear_below: bend } = this.#settings;
    const { values } = this.#habits;
    const visit = this.#habits.visit(at);
    const before = this.#held[0]!;
    let held = before || SPANS + 1;
    const noise = this.#noise.factor(visit);
    const limits = this.#limits;
    for (let slot = 0, s = 0; slot < x.length; slot++, s += STRIDE) {
      unknown(slot);
      const value = bounded(x[slot]!);
      if (Number.isNaN(value) || series[s + COUNT]! < grace) continue;
      skipFrequency(series, s + FREQUENCIES, value);
      if (isSparse(series, s + FREQUENCIES)) continue;
      const expected = series[s + LEVEL]! + habitOf(values, slot, visit);
      const floor = this.#floor(expected);
      const most = mostOf(series[s + DEVIATION]!, floor);
      const residual = clipped(rootDistance(value, expected, bend) / noise, most);
      this.#standardise(slot, residual / most, floor);
      for (let k = 0; k < SPANS; k++) {
        const ending = before > 0 ? most : 0;
        series[s + MEANS + k] = nextMean(series[s + MEANS + k]!, residual, { k, most: ending });
      }
      held = shortestBeyond(series, s + MEANS, { limits, floor, held });
    }
    held = this.#others.skip(before, held);
    this.#held[0] = held > SPANS ? 0 : held;
  }

  band(slot: number, at?: number): Band | undefined {
    const s = slot * STRIDE;
    const n = this.#series[s + COUNT]!;
    if (n < this.#settings.grace_period) return undefined;
    const visit = this.#habits.visit(at);
    const expected = this.#series[s + LEVEL]! + habitOf(this.#habits.values, slot, visit);
    const reach = CLIP * this.#deviation(slot, expected) * this.#noise.factor(visit);
    return { expected, low: this.#at(-reach, expected), high: this.#at(reach, expected), n };
  }

  expected(into: Float64Array, at?: number): void {
    const { values } = this.#habits;
    const visit = this.#habits.visit(at);
    for (let slot = 0, s = 0; slot < into.length; slot++, s += STRIDE) {
      const known = this.#series[s + COUNT]! >= this.#settings.grace_period;
      into[slot] = known ? this.#series[s + LEVEL]! + habitOf(values, slot, visit) : Number.NaN;
    }
  }

  explain(slot: number, given: number, at?: number): Explanation | undefined {
    const band = this.band(slot, at);
    if (band === undefined) return undefined;
    const value = bounded(given);
    const often = slot * STRIDE + FREQUENCIES;
    if (isSparse(this.#series, often)) {
      const most = this.#rarely / sureness(at, this.#habits.visit(at));
      const frequencies = frequenciesOf(this.#series, often, { value, n: band.n, most });
      return { ...frequencies, n: band.n, span: LENGTHS[SPANS - 1]!, unit: "frequency" };
    }
    if (value < band.low || value > band.high)
      return { ...band, observed: value, span: 1, unit: "value" };
    return this.#explainMean(slot, { band, value }, at);
  }

  #explainMean(
    slot: number,
    { band, value }: { readonly band: Band; readonly value: number },
    at: number | undefined,
  ): Explanation {
    const visit = this.#habits.visit(at);
    const noise = this.#noise.factor(visit);
    const sure = sureness(at, visit);
    const { expected } = band;
    const residual = rootDistance(value, expected, this.#settings.linear_below) / noise;
    const spans = this.#held[0]! || SPANS;
    const at0 = slot * STRIDE + MEANS;
    const means = { limits: this.#limits, floor: this.#floor(expected), spans, residual, most: 0 };
    const alone = furthestMean(this.#series, at0, means);
    const beside = this.#others.furthest(slot, { spans, held: this.#held[0]! > 0 });
    const isBeside = beside !== undefined && furtherThan(beside, alone);
    const { k, reach } = isBeside ? beside : alone;
    const unit = isBeside ? this.#deviation(slot, expected) : 1;
    const mean = nextMean(this.#series[at0 + k]!, residual, { k, most: 0 });
    // What the others tell of the mean: what it would be, were there nothing else.
    const told = isBeside ? mean - beside.mean * unit : 0;
    const away = (reach * unit) / sure;
    const ends = [told - away, mean, told + away].map((one) => this.#at(one * noise, expected));
    const [low, observed, high] = ends;
    const said = { ...band, low: low!, high: high!, observed: observed!, span: LENGTHS[k]! };
    const about = isBeside ? this.#at(told * noise, expected) : expected;
    return { ...said, expected: about, unit: "value", ...(isBeside && { given: "others" }) };
  }

  #deviation(slot: number, expected: number): number {
    return mostOf(this.#series[slot * STRIDE + DEVIATION]!, this.#floor(expected)) / CLIP;
  }

  #at(distance: number, expected: number): number {
    return atRootDistance(distance, expected, this.#settings.linear_below);
  }

  /** Vectors are learned again: what the means remember of the skipped ones is over. */
  #release(): void {
    if (this.#held[0] === 0) return;
    for (let s = 0; s < this.#series.length; s += STRIDE) {
      this.#series.fill(0, s + MEANS, s + MEANS + SPANS);
    }
    this.#others.release();
    this.#held[0] = 0;
  }

  /** What is noisier than its own level is not judged by the others: it may well change its sign by habit. @param part of the most that a residual counts */
  #standardise(slot: number, part: number, floor: number): void {
    const s = slot * STRIDE;
    standardised.z[slot] = CLIP * part;
    standardised.floors[slot] = floor / (this.#series[s + DEVIATION]! ** 2 + 1e-300);
    const noisy = this.#series[s + DEVIATION]! > Math.abs(this.#series[s + LEVEL]!);
    standardised.ages[slot] = this.#series[s + COUNT]!;
    standardised.noisy[slot] = noisy ? 1 : 0;
  }

  /** Squared. */
  #floor(expected: number): number {
    const { abs_floor: absolute, rel_floor: relative } = this.#settings;
    return larger(absolute, relative * Math.abs(expected)) ** 2;
  }
}

/** What a vector says of usual deviations: little at an hour that has hardly been visited. */
const weightAt = (at: number | undefined, { own }: { readonly own: number }): number =>
  at === undefined ? 1 : KNOWN_LEAST + (1 - KNOWN_LEAST) * own;

function unknown(slot: number): void {
  standardised.z[slot] = 0;
  standardised.ages[slot] = 0;
}

/** Part of the score that is left at an hour that has not been visited. */
const sureness = (at: number | undefined, { own }: { readonly own: number }): number =>
  at === undefined ? 1 : 1 / (1 + DOUBT * (1 - own));
