/** Brings features of any unit into (0, 1) by a learned location and scale, for detectors that need bounded inputs. */
import { bounded } from "./bounded.ts";

/** The scale below which nothing is told apart: that of the rolling z-score, for the same reason. */
const ABS_FLOOR = 1e-12;
const REL_FLOOR = 1e-6;

/** Mean absolute deviations from the location at which half of either side of (0, 1) is used up. */
const HALFWAY = 3;

/** A learned deviation counts at most this many scales, so that one absurd value cannot blind a feature. */
const CLIP = 5;

/** Observations before deviations are clipped: until then the scale is a guess. */
const UNCLIPPED = 20;

/** Every call overwrites it: working space, never state. */
let squashed = new Float64Array(64);

/**
 * One location and scale a feature, followed exponentially, kept in the detector's own bytes.
 *
 * squashed = ½ + ½·z/(3 + |z|) with z = (x − location)/scale: monotone, and heavy tails stay apart. Location is
 * the mean and scale the mean absolute deviation, both with weight max(1/n, 1/memory) for the newest value; from
 * the 20th value on a deviation counts at most 5 scales. After a jump the scale therefore grows by at most
 * 1 + 4/memory an observation until the new level fits.
 *
 * It fails on an absurd value among the first 20: the scale takes many memories to shrink, the feature is flat meanwhile.
 *
 * Memory: 18 bytes a feature. Time: two divisions a feature.
 */
export class Squash {
  readonly #locations: Float64Array;
  readonly #scales: Float64Array;
  readonly #counts: Uint16Array;
  readonly #memory: number;

  /** Bytes for so many features, a multiple of 8. */
  static bytes(nFeatures: number): number {
    return nFeatures * 16 + Math.ceil(nFeatures / 4) * 8;
  }

  /**
   * @param bytes zeroed or saved earlier, 8-byte aligned, `Squash.bytes(nFeatures)` long
   * @param memory observations that the newest value's weight corresponds to, ≥ 1
   */
  constructor(bytes: Uint8Array, nFeatures: number, memory: number) {
    const { buffer, byteOffset } = bytes;
    this.#locations = new Float64Array(buffer, byteOffset, nFeatures);
    this.#scales = new Float64Array(buffer, byteOffset + nFeatures * 8, nFeatures);
    this.#counts = new Uint16Array(buffer, byteOffset + nFeatures * 16, nFeatures);
    this.#memory = Math.min(memory, 65_535);
  }

  /** The squashed vector, valid until the next call of any Squash. An absent feature stays NaN. */
  apply(x: Float64Array): Float64Array {
    if (squashed.length < x.length) squashed = new Float64Array(2 * x.length);
    for (let slot = 0; slot < x.length; slot++) {
      const z = this.#counts[slot] === 0 ? 0 : this.#deviation(slot, x[slot]!);
      squashed[slot] = Number.isNaN(x[slot])
        ? Number.NaN
        : 0.5 + (0.5 * z) / (HALFWAY + Math.abs(z));
    }
    return squashed;
  }

  learn(x: Float64Array): void {
    for (let slot = 0; slot < x.length; slot++) {
      if (!Number.isNaN(x[slot])) this.#learn(slot, bounded(x[slot]!));
    }
  }

  /** Copies what another learned; this one may have more features. */
  copy(from: Squash): void {
    this.#locations.set(from.#locations);
    this.#scales.set(from.#scales);
    this.#counts.set(from.#counts);
  }

  #deviation(slot: number, value: number): number {
    const location = this.#locations[slot]!;
    return (bounded(value) - location) / this.#floored(slot, location);
  }

  #floored(slot: number, location: number): number {
    return Math.max(this.#scales[slot]!, ABS_FLOOR, REL_FLOOR * Math.abs(location));
  }

  #learn(slot: number, value: number): void {
    const seen = this.#counts[slot]!;
    if (seen === 0) this.#locations[slot] = value;
    const location = this.#locations[slot]!;
    const most = seen < UNCLIPPED ? Number.POSITIVE_INFINITY : CLIP * this.#floored(slot, location);
    const deviation = Math.max(-most, Math.min(most, value - location));
    const count = Math.min(seen + 1, this.#memory);
    const scale = this.#scales[slot]!;
    this.#counts[slot] = count;
    this.#locations[slot] = location + deviation / count;
    this.#scales[slot] = scale + (Math.abs(deviation) - scale) / count;
  }
}
