/** Scales features of any unit to (0, 1) by a learned location and scale, for detectors that need bounded inputs. */
import { bounded } from "./bounded.ts";

/** Least scale, absolute and as a fraction of the location: as in the rolling z-score. */
const ABS_FLOOR = 1e-12;
const REL_FLOOR = 1e-6;

/** Mean absolute deviations from the location at which half of either side of (0, 1) is used up. */
const HALFWAY = 3;

/** A learned deviation counts at most this many scales. Otherwise one absurd value would make the scale useless. */
const CLIP = 5;

/** Observations before deviations are clipped: until then the scale is a guess. */
const UNCLIPPED = 20;

/** Every call overwrites it: working space, never state. */
let scaled = new Float64Array(64);

/**
 * One location and scale a feature, followed exponentially, kept in the detector's own bytes.
 *
 * scaled = ½ + ½·z/(3 + |z|) with z = (x − location)/scale: monotone, and heavy tails stay apart. Location is
 * the mean and scale the mean absolute deviation, both with weight max(1/n, 1/memory) for the newest value; from
 * the 20th value on a deviation counts at most 5 scales. After a jump the scale therefore grows by at most
 * 1 + 4/memory an observation until the new level fits.
 *
 * It fails on an absurd value among the first 20: the scale shrinks over many memories; the feature is flat meanwhile.
 *
 * Memory: 18 bytes a feature. Time: two divisions a feature.
 */
export class OnlineScaler {
  readonly #locations: Float64Array;
  readonly #scales: Float64Array;
  readonly #counts: Uint16Array;
  readonly #memory: number;

  /** Bytes for this many features, a multiple of 8. */
  static bytes(nFeatures: number): number {
    return nFeatures * 16 + Math.ceil(nFeatures / 4) * 8;
  }

  /**
   * @param bytes zeroed or saved earlier, 8-byte aligned, `OnlineScaler.bytes(nFeatures)` long
   * @param memory observations that the newest value's weight corresponds to, ≥ 1
   */
  constructor(bytes: Uint8Array, nFeatures: number, memory: number) {
    const { buffer, byteOffset } = bytes;
    this.#locations = new Float64Array(buffer, byteOffset, nFeatures);
    this.#scales = new Float64Array(buffer, byteOffset + nFeatures * 8, nFeatures);
    this.#counts = new Uint16Array(buffer, byteOffset + nFeatures * 16, nFeatures);
    this.#memory = Math.min(memory, 65_535);
  }

  // The loops below hold what they need in locals: reading fields for every feature would cost half as much again.

  /** The scaled vector, valid until the next call of any OnlineScaler. An absent feature stays NaN. */
  apply(x: Float64Array): Float64Array {
    if (scaled.length < x.length) scaled = new Float64Array(2 * x.length);
    const into = scaled;
    const locations = this.#locations;
    const scales = this.#scales;
    const counts = this.#counts;
    for (let slot = 0; slot < x.length; slot++) {
      const location = locations[slot]!;
      // Before the first value, every value counts as expected.
      const scale =
        counts[slot] === 0 ? Number.POSITIVE_INFINITY : floored(scales[slot]!, location);
      const z = (bounded(x[slot]!) - location) / scale;
      into[slot] = 0.5 + (0.5 * z) / (HALFWAY + Math.abs(z));
    }
    return into;
  }

  learn(x: Float64Array): void {
    const locations = this.#locations;
    const scales = this.#scales;
    const counts = this.#counts;
    const memory = this.#memory;
    for (let slot = 0; slot < x.length; slot++) {
      const value = bounded(x[slot]!);
      if (Number.isNaN(value)) continue;
      const seen = counts[slot]!;
      if (seen === 0) locations[slot] = value;
      const location = locations[slot]!;
      const scale = scales[slot]!;
      const distance = value - location;
      const deviation =
        seen < UNCLIPPED ? distance : clamp(distance, CLIP * floored(scale, location));
      const count = seen < memory ? seen + 1 : seen;
      counts[slot] = count;
      locations[slot] = location + deviation / count;
      scales[slot] = scale + (Math.abs(deviation) - scale) / count;
    }
  }

  /** Copies the locations and scales of another scaler; this one may have more features. */
  copy(from: OnlineScaler): void {
    this.#locations.set(from.#locations);
    this.#scales.set(from.#scales);
    this.#counts.set(from.#counts);
  }
}

// Comparisons, not Math.min and Math.max, which take three times as long.

function floored(scale: number, location: number): number {
  const floor = max2(ABS_FLOOR, REL_FLOOR * Math.abs(location));
  return max2(scale, floor);
}

const max2 = (a: number, b: number): number => (b > a ? b : a);

function clamp(value: number, most: number): number {
  if (value > most) return most;
  return value < -most ? -most : value;
}
