/**
 * The control chart of conditional residuals, which the other features do not explain. Each mean is compared with its
 * own variance.
 */
import { branchlessMax, max2 } from "./deviation.ts";
import { GivenOthers, mostGiven } from "./given-others.ts";
import type { ObservedVector } from "./observed-vector.ts";
import {
  DEVIATION_RATE,
  type FurthestMean,
  furthestMean,
  heldSquare,
  largestSquares,
  MEANS_WIDTH,
  nextMean,
  RATE_3,
  RATE_10,
  RATE_30,
  SPANS,
  type SpanLimits,
  shortestBeyond,
} from "./residual-means.ts";

/** With fewer features, one share only mirrors the other. */
const leastGiven = 3;
/** Conditional residuals before their means are judged, since the variance of means over 30 settles slowly. */
const JUDGED_FROM = 100;

/** Stands for the clip distance when a mean may be over, in deviations of the mean over 3. */
const MOST = 8.7;

export interface ConditionalSettings {
  /** The thresholds squared. */
  readonly limits: SpanLimits;
  /** Observations of a feature before it is scored. */
  readonly grace: number;
}

/** Memory: 24 bytes a feature and those of {@link GivenOthers}. */
export class ConditionalChart {
  readonly #others: GivenOthers;
  readonly #series: Float32Array;
  readonly #settings: ConditionalSettings;
  readonly #n: number;

  /** A multiple of 8; 0 where there are too few features, or too many. */
  static bytes(n: number): number {
    return isGiven(n) ? GivenOthers.bytes(n) + n * MEANS_WIDTH * 4 : 0;
  }

  /** @param bytes zeroed or saved earlier, 8-byte aligned */
  constructor(bytes: Uint8Array, n: number, settings: ConditionalSettings) {
    this.#n = isGiven(n) ? n : 0;
    this.#settings = settings;
    this.#others = new GivenOthers(bytes, this.#n);
    const start = bytes.byteOffset + GivenOthers.bytes(this.#n);
    this.#series = new Float32Array(bytes.buffer, start, this.#n * MEANS_WIDTH);
  }

  copy(from: ConditionalChart): void {
    if (this.#n === 0 || from.#n === 0) return;
    this.#others.copy(from.#others);
    this.#series.set(from.#series);
  }

  /**
   * Raises the scores of features that differ from the value that the others imply.
   *
   * @param spans how many count @param held whether vectors are being skipped @param sure factor on scores
   */
  score(
    featureScores: Float64Array,
    seen: ObservedVector,
    {
      spans,
      held,
      sure,
    }: { readonly spans: number; readonly held: boolean; readonly sure: number },
  ): void {
    if (this.#others.known < JUDGED_FROM) return;
    const u = this.#residuals(seen);
    const { limits, grace } = this.#settings;
    const { floors, squares, noisy, ages } = seen;
    const n = this.#n;
    if (held) this.#heldSquares(seen, spans);
    else {
      const series = this.#series;
      const [start, stride, squared] = [0, MEANS_WIDTH, true];
      largestSquares(u, squares, { n, series, start, stride, limits, floors, squared });
    }
    for (let slot = 0; slot < n; slot++) {
      const score = Math.sqrt(squares[slot]!) * sure;
      const isJudged = noisy[slot] === 0 && ages[slot]! >= grace;
      if (isJudged) featureScores[slot] = branchlessMax(featureScores[slot]!, score);
    }
  }

  #heldSquares({ u, floors, squares }: ObservedVector, spans: number): void {
    const { limits } = this.#settings;
    for (let slot = 0, s = 0; slot < this.#n; slot++, s += MEANS_WIDTH) {
      const most = this.#most(s);
      const of = { limits, floor: floors[slot]!, residual: u[slot]!, spans, most, squared: true };
      squares[slot] = heldSquare(this.#series, s, of);
    }
  }

  /** @param weight of this vector in what is known of the others */
  learn(seen: ObservedVector, weight: number): void {
    if (this.#n === 0) return;
    const { z, ages } = seen;
    const known = this.#others.known;
    if (known > 0) {
      const u = this.#residuals(seen);
      const series = this.#series;
      for (let slot = 0, s = 0; slot < this.#n; slot++, s += MEANS_WIDTH) {
        if (ages[slot] === 0) continue;
        const age = ages[slot]!;
        const rate = max2(DEVIATION_RATE, 1 / (known < age ? known : age));
        const residual = u[slot]!;
        const a = series[s]!;
        const b = series[s + 1]!;
        const c = series[s + 2]!;
        const mean3 = a + (residual - a) * RATE_3;
        const mean10 = b + (residual - b) * RATE_10;
        const mean30 = c + (residual - c) * RATE_30;
        series[s] = mean3;
        series[s + 1] = mean10;
        series[s + 2] = mean30;
        series[s + SPANS]! += (mean3 * mean3 - series[s + SPANS]!) * rate;
        series[s + SPANS + 1]! += (mean10 * mean10 - series[s + SPANS + 1]!) * rate;
        series[s + SPANS + 2]! += (mean30 * mean30 - series[s + SPANS + 2]!) * rate;
      }
    }
    this.#others.learn(z, weight);
  }

  /** Updates only the means. @returns 1 + the first span whose mean is beyond its boundary, if that is below `held` */
  skip(seen: ObservedVector, before: number, held: number): number {
    if (this.#others.known === 0) return held;
    const u = this.#residuals(seen);
    const series = this.#series;
    const { limits } = this.#settings;
    let shortest = held;
    for (let slot = 0, s = 0; slot < this.#n; slot++, s += MEANS_WIDTH) {
      if (seen.ages[slot]! < this.#settings.grace) continue;
      const most = before > 0 ? this.#most(s) : 0;
      for (let k = 0; k < SPANS; k++)
        series[s + k] = nextMean(series[s + k]!, u[slot]!, { k, most });
      const floor = seen.floors[slot]!;
      shortest = shortestBeyond(series, s, { limits, floor, held: shortest, squared: true });
    }
    return shortest;
  }

  /** Called when vectors are learned again. The means start again, without the skipped vectors. */
  release(): void {
    for (let s = 0; s < this.#series.length; s += MEANS_WIDTH) this.#series.fill(0, s, s + SPANS);
  }

  /**
   * The mean that is furthest beyond what the others imply, in deviations of the residual.
   *
   * @returns undefined where that is not judged
   */
  furthest(
    seen: ObservedVector,
    slot: number,
    { spans, held }: { readonly spans: number; readonly held: boolean },
  ): FurthestMean | undefined {
    if (this.#n === 0 || this.#others.known < JUDGED_FROM || seen.noisy[slot] === 1)
      return undefined;
    const floor = seen.floors[slot]!;
    const residual = this.#residuals(seen)[slot]!;
    const at = slot * MEANS_WIDTH;
    const most = held ? this.#most(at) : 0;
    const { limits } = this.#settings;
    return furthestMean(this.#series, at, { limits, floor, residual, spans, most, squared: true });
  }

  #most(at: number): number {
    return MOST * Math.sqrt(this.#series[at + SPANS]!);
  }

  #residuals(seen: ObservedVector): Float64Array {
    if (!seen.isGiven) this.#others.residuals(seen.z, seen.u);
    seen.isGiven = true;
    return seen.u;
  }
}

const isGiven = (n: number): boolean => n >= leastGiven && n <= mostGiven;
