/**
 * How noisy a whole vector usually is at an hour of this kind of day. Fewer rows behind a vector make every feature
 * noisier.
 */
import { buckets, type Visit } from "./calendar.ts";
import { clamp, max2 } from "./deviation.ts";

/** Vectors, weighted by belief, that the overall size remembers. */
const MEMORY = 500;
/** The noise of an hour is learned once the belief in its seasonal offset reaches this. */
const BELIEVED = 0.5;
const LEAST = 0.5;
const MOST = 3;

/** Place of the overall size and of the weight behind it, after one size for each bucket. */
const OVERALL = buckets;
const WEIGHT = buckets + 1;

/**
 * Mean squares of standardised residuals over the features: one for each hour, and one overall.
 *
 * factor = √(believed mean square of the hour / overall mean square), 0.5 to 3; 1 for an hour that has never been.
 * All features share it, so that a week of hourly vectors is enough to learn it. Memory: 200 bytes.
 */
export class HourlyNoise {
  static readonly bytes = (buckets + 2) * 4;
  readonly #sizes: Float32Array;
  readonly #stride: number;

  /** @param bytes zeroed or saved earlier, 4-byte aligned @param stride of the buckets in the visits it is given */
  constructor({ buffer, byteOffset }: Uint8Array, stride: number) {
    this.#sizes = new Float32Array(buffer, byteOffset, buckets + 2);
    this.#stride = stride;
  }

  factor({ bucket, other, own, borrowed }: Visit): number {
    const sizes = this.#sizes;
    const overall = sizes[OVERALL]!;
    if (overall === 0) return 1;
    const stride = this.#stride;
    const here = sizes[bucket / stride]! || overall;
    const there = sizes[other / stride]! || overall;
    const size = own * here + borrowed * there + (1 - own - borrowed) * overall;
    return clamp(max2(Math.sqrt(size / overall), LEAST), MOST);
  }

  /** @param square mean over the features of squared residuals, in their overall deviations; NaN for none */
  learn({ bucket, own, rate }: Visit, square: number, weight: number): void {
    if (Number.isNaN(square)) return;
    const sizes = this.#sizes;
    sizes[WEIGHT]! += weight;
    const slow = max2(weight / MEMORY, weight / sizes[WEIGHT]!);
    sizes[OVERALL]! += (square - sizes[OVERALL]!) * slow;
    // Before the hour is known, the part of the seasonal offset that is not yet learned would pass for noise.
    if (own < BELIEVED) return;
    const place = bucket / this.#stride;
    const before = sizes[place]! || sizes[OVERALL]!;
    sizes[place] = before + (square - before) * rate;
  }
}
