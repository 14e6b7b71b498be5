/** The arithmetic of the seasonal chart: residuals from level and seasonal offset, their means, conditional ones. */
import type { Band, Detector, DetectorState, Explanation } from "../detector.ts";
import { sureness, weightAt } from "./belief.ts";
import { bounded } from "./bounded.ts";
import type { Visit } from "./calendar.ts";
import {
  COUNT,
  DEVIATION,
  FREQUENCIES,
  featuresAt,
  HELD_BYTES,
  LEVEL,
  MEANS,
  othersOf,
  STRIDE,
  weeklyOf,
} from "./chart-layout.ts";
import type { SeasonalChartParams } from "./chart-settings.ts";
import type { ConditionalChart } from "./conditional-chart.ts";
import { branchlessMax, CLIP, clamp, clipLimit, max2 } from "./deviation.ts";
import { highestOf } from "./highest.ts";
import { HourlyNoise } from "./hourly-noise.ts";
import { learnResiduals } from "./learn-residuals.ts";
import { observeResiduals } from "./observe-residuals.ts";
import { isObserved, type ObservedVector, observedVector } from "./observed-vector.ts";
import {
  DEVIATION_RATE,
  furtherThan,
  furthestMean,
  heldSquare,
  LENGTHS,
  largestSquares,
  nextMean,
  SPANS,
  type SpanLimits,
  shortestBeyond,
  squaredLimits,
} from "./residual-means.ts";
import { SeasonalProfile, seasonalOffsetOf } from "./seasonal-profile.ts";
import { deviateOf, frequenciesOf, isSparse, learnFrequencies, skipFrequency } from "./sparse.ts";
import { atSqrtResidual, sqrtResidual } from "./sqrt-residual.ts";
import { compareWeekly, type WeeklyHours } from "./weekly-hours.ts";

const FREQUENCY_PLACES = { at: FREQUENCIES, count: COUNT, stride: STRIDE };
const MOST_SCORE = 1e6;

export class ResidualChart implements Detector {
  /** How many spans count while vectors are skipped; 0 while they are learned. */
  readonly #held: Float32Array;
  readonly #profile: SeasonalProfile;
  readonly #noise: HourlyNoise;
  readonly #series: Float32Array;
  readonly #others: ConditionalChart;
  readonly #weekly: WeeklyHours;
  /** How often it has learned or skipped since it was made. */
  #revision = 0;
  readonly #settings: SeasonalChartParams;
  /** The thresholds squared. */
  readonly #limits: SpanLimits;
  /** The normal deviate at which the frequency of a sparse series is at its boundary. */
  readonly #rarely: number;

  constructor(settings: SeasonalChartParams, state: DetectorState) {
    const { bytes, nFeatures } = state;
    const { buffer, byteOffset } = bytes;
    this.#others = othersOf(settings, state);
    this.#weekly = weeklyOf(state);
    this.#settings = settings;
    this.#limits = squaredLimits(settings.thresholds);
    this.#rarely = settings.thresholds[SPANS - 1]!;
    this.#held = new Float32Array(buffer, byteOffset, 2);
    this.#noise = new HourlyNoise(bytes.subarray(8), nFeatures);
    this.#profile = new SeasonalProfile(bytes.subarray(HELD_BYTES), nFeatures);
    this.#series = new Float32Array(buffer, byteOffset + featuresAt(nFeatures), nFeatures * STRIDE);
  }

  scoreOne(x: Float64Array, featureScores: Float64Array, at?: number): number | undefined {
    const series = this.#series;
    const grace = this.#settings.grace_period;
    const held = this.#held[0]!;
    const spans = held || SPANS;
    const visit = this.#profile.visit(at);
    const sure = sureness(at, visit);
    const seen = this.#observe(x, at, visit);
    const { distance, most } = seen;
    const sureSquare = sure * sure;
    if (held > 0) this.#heldSquares(seen, featureScores, held);
    else this.#squares(seen, featureScores);
    for (let slot = 0, s = 0; slot < x.length; slot++, s += STRIDE) {
      const away = distance[slot]!;
      const n = series[s + COUNT]!;
      if (Number.isNaN(away) || n < grace) {
        featureScores[slot] = Number.NaN;
      } else if (isSparse(series, s + FREQUENCIES)) {
        const deviate = deviateOf(series, s + FREQUENCIES, { value: x[slot]!, n });
        featureScores[slot] = deviate / this.#rarely;
      } else {
        const mean = featureScores[slot]! * sureSquare;
        const alone = (away / most[slot]!) ** 2;
        featureScores[slot] = clamp(Math.sqrt(branchlessMax(mean, alone)), MOST_SCORE);
      }
    }
    this.#others.score(featureScores, seen, { spans, held: held > 0, sure });
    return highestOf(featureScores);
  }

  #squares({ residual, floor: floors }: ObservedVector, into: Float64Array): void {
    const n = into.length;
    const series = this.#series;
    const limits = this.#limits;
    const [start, stride, squared] = [MEANS, STRIDE, false];
    largestSquares(residual, into, { n, series, start, stride, limits, floors, squared });
  }

  #heldSquares(seen: ObservedVector, into: Float64Array, spans: number): void {
    const limits = this.#limits;
    for (let slot = 0, s = MEANS; slot < into.length; slot++, s += STRIDE) {
      const [floor, residual, most] = [seen.floor[slot]!, seen.residual[slot]!, seen.most[slot]!];
      into[slot] = heldSquare(this.#series, s, { limits, floor, residual, spans, most });
    }
  }

  learnOne(x: Float64Array, at?: number): void {
    const series = this.#series;
    const { values } = this.#profile;
    const visit = this.#profile.visit(at);
    const weight = weightAt(at, visit);
    const noise = this.#noise.factor(visit);
    const seen = this.#observe(x, at, visit);
    const weights = (this.#held[1]! += weight);
    const usual = max2(DEVIATION_RATE * weight, weight / weights);
    this.#release();
    const learning = { series, values, visit, weight, weights, usual, noise };
    const square = learnResiduals(seen, x, learning);
    learnFrequencies(series, x, FREQUENCY_PLACES);
    this.#others.learn(seen, weight);
    this.#weekly.learned(seen, at, weights < this.#settings.grace_period);
    if (at !== undefined) this.#noise.learn(visit, square * noise * noise, weight);
    this.#profile.count(at);
    this.#revision++;
  }

  skipOne(x: Float64Array, at?: number): void {
    const series = this.#series;
    const grace = this.#settings.grace_period;
    const visit = this.#profile.visit(at);
    const before = this.#held[0]!;
    let held = before || SPANS + 1;
    const limits = this.#limits;
    const seen = this.#observe(x, at, visit);
    const { most, floor: floors } = seen;
    for (let slot = 0, s = 0; slot < x.length; slot++, s += STRIDE) {
      const value = bounded(x[slot]!);
      if (Number.isNaN(value) || series[s + COUNT]! < grace) continue;
      skipFrequency(series, s + FREQUENCIES, value);
      if (isSparse(series, s + FREQUENCIES)) continue;
      const clip = most[slot]!;
      const residual = seen.residual[slot]!;
      const floor = floors[slot]!;
      for (let k = 0; k < SPANS; k++) {
        const ending = before > 0 ? clip : 0;
        series[s + MEANS + k] = nextMean(series[s + MEANS + k]!, residual, { k, most: ending });
      }
      held = shortestBeyond(series, s + MEANS, { limits, floor, held });
    }
    held = this.#others.skip(seen, before, held);
    this.#weekly.skipped(seen, at);
    this.#held[0] = held > SPANS ? 0 : held;
    this.#revision++;
  }

  band(slot: number, at?: number): Band | undefined {
    return this.#bandOf(slot, at, Number.NaN);
  }

  /** The usual band, or that of this hour of the week where the value is nearer to it. */
  #bandOf(slot: number, at: number | undefined, value: number): Band | undefined {
    const s = slot * STRIDE;
    const n = this.#series[s + COUNT]!;
    if (n < this.#settings.grace_period) return undefined;
    const visit = this.#profile.visit(at);
    const offset = seasonalOffsetOf(this.#profile.values, slot, visit);
    const usual = this.#series[s + LEVEL]! + offset;
    const bend = this.#settings.linear_below;
    const expected = usual + this.#weekly.nearest(slot, at, { value, usual, bend });
    const reach = CLIP * this.#deviation(slot, expected) * this.#noise.factor(visit);
    return { expected, low: this.#at(-reach, expected), high: this.#at(reach, expected), n };
  }

  expected(into: Float64Array, at?: number): void {
    const { values } = this.#profile;
    const visit = this.#profile.visit(at);
    for (let slot = 0, s = 0; slot < into.length; slot++, s += STRIDE) {
      const known = this.#series[s + COUNT]! >= this.#settings.grace_period;
      into[slot] = known
        ? this.#series[s + LEVEL]! + seasonalOffsetOf(values, slot, visit)
        : Number.NaN;
    }
  }

  explain(slot: number, given: number, at?: number): Explanation | undefined {
    const value = bounded(given);
    const band = this.#bandOf(slot, at, value);
    if (band === undefined) return undefined;
    const often = slot * STRIDE + FREQUENCIES;
    if (isSparse(this.#series, often)) {
      const most = this.#rarely;
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
    const visit = this.#profile.visit(at);
    const noise = this.#noise.factor(visit);
    const sure = sureness(at, visit);
    const { expected } = band;
    const residual = sqrtResidual(value, expected, this.#settings.linear_below) / noise;
    const spans = this.#held[0]! || SPANS;
    const at0 = slot * STRIDE + MEANS;
    const means = { limits: this.#limits, floor: this.#floor(expected), spans, residual, most: 0 };
    const alone = furthestMean(this.#series, at0, means);
    const seen = observedVector(this.#series.length / STRIDE);
    const isOurs = seen.owner === this && seen.revision === this.#revision;
    const beside = isOurs
      ? this.#others.furthest(seen, slot, { spans, held: this.#held[0]! > 0 })
      : undefined;
    const isBeside = beside !== undefined && furtherThan(beside, alone);
    const { k, reach } = isBeside ? beside : alone;
    const unit = isBeside ? this.#deviation(slot, expected) : 1;
    const mean = nextMean(this.#series[at0 + k]!, residual, { k, most: 0 });
    // The part of the mean that the other features explain.
    const told = isBeside ? mean - beside.mean * unit : 0;
    const away = (reach * unit) / sure;
    const ends = [told - away, mean, told + away].map((one) => this.#at(one * noise, expected));
    const [low, observed, high] = ends;
    const said = { ...band, low: low!, high: high!, observed: observed!, span: LENGTHS[k]! };
    const about = isBeside ? this.#at(told * noise, expected) : expected;
    return { ...said, expected: about, unit: "value", ...(isBeside && { given: "others" }) };
  }

  #deviation(slot: number, expected: number): number {
    return clipLimit(this.#series[slot * STRIDE + DEVIATION]!, this.#floor(expected)) / CLIP;
  }

  #at(distance: number, expected: number): number {
    return atSqrtResidual(distance, expected, this.#settings.linear_below);
  }

  /** Called when vectors are learned again. The means start again, without the skipped vectors. */
  #release(): void {
    if (this.#held[0] === 0) return;
    for (let s = 0; s < this.#series.length; s += STRIDE) {
      this.#series.fill(0, s + MEANS, s + MEANS + SPANS);
    }
    this.#others.release();
    this.#held[0] = 0;
  }

  /** Residuals of the vector. If it is the vector that was scored last, its residuals are reused for learning. */
  #observe(x: Float64Array, at: number | undefined, visit: Visit): ObservedVector {
    const seen = observedVector(x.length);
    const revision = this.#revision;
    if (isObserved(seen, x, { owner: this, revision, at })) return seen;
    seen.owner = this;
    seen.revision = revision;
    seen.at = at;
    seen.isGiven = false;
    seen.isWeekly = false;
    const { values } = this.#profile;
    const noise = this.#noise.factor(visit);
    observeResiduals(seen, x, {
      series: this.#series,
      settings: this.#settings,
      values,
      visit,
      noise,
    });
    const extra = this.#weekly.believed(at);
    if (extra !== undefined)
      compareWeekly(seen, extra, { bend: this.#settings.linear_below, noise });
    return seen;
  }

  /** Least deviation that counts, squared. */
  #floor(expected: number): number {
    const { abs_floor: absolute, rel_floor: relative } = this.#settings;
    return max2(absolute, relative * Math.abs(expected)) ** 2;
  }
}
