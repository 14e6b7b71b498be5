/** The usual difference of each feature from its level at each hour, on weekdays and on weekends. */
import { buckets, CalendarVisits, type Visit } from "./calendar.ts";

/** Stored hour by hour, since one hour of all features is read at a time. Memory: 392 bytes and 192 a feature. */
export class SeasonalProfile {
  readonly #calendar: CalendarVisits;
  readonly #nFeatures: number;
  /** Of each bucket every feature's seasonal offset; {@link seasonalOffsetOf} reads it. */
  readonly values: Float32Array;

  /** A multiple of 8. */
  static bytes(nFeatures: number): number {
    return offset(nFeatures, buckets);
  }

  /** @param bytes zeroed or saved earlier, 8-byte aligned */
  constructor(bytes: Uint8Array, nFeatures: number) {
    this.#calendar = new CalendarVisits(bytes);
    this.#nFeatures = nFeatures;
    const start = bytes.byteOffset + CalendarVisits.bytes;
    this.values = new Float32Array(bytes.buffer, start, nFeatures * buckets);
  }

  /** Copies the offsets of the features that are known. */
  static grow(from: Uint8Array, to: Uint8Array, [before, after]: readonly [number, number]): void {
    to.set(from.subarray(0, CalendarVisits.bytes));
    for (let bucket = 0; bucket < buckets; bucket++) {
      const known = from.subarray(offset(before, bucket), offset(before, bucket + 1));
      to.set(known, offset(after, bucket));
    }
  }

  /**
   * The visit of a time. `bucket` and `other` are the places where the values of these buckets begin.
   *
   * @param at microseconds since 1970
   */
  visit(at: number | undefined): Visit {
    const { bucket, other, own, borrowed, rate } = this.#calendar.visit(at);
    const n = this.#nFeatures;
    return { bucket: bucket * n, other: other * n, own, borrowed, rate };
  }

  /** A vector was learned at this time. */
  count(at: number | undefined): void {
    this.#calendar.count(at);
  }
}

/** A feature's seasonal offset at an hour, weighted by how often the hour was visited. */
export const seasonalOffsetOf = (values: Float32Array, slot: number, visit: Visit): number =>
  visit.own * values[visit.bucket + slot]! + visit.borrowed * values[visit.other + slot]!;

/** Where the values of that bucket begin in the bytes. */
const offset = (nFeatures: number, bucket: number): number =>
  CalendarVisits.bytes + nFeatures * bucket * 4;
