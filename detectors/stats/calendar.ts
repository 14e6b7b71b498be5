/** The hour and kind of day that a time belongs to, and how often each of them was seen. */

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;

/** An hour of the day on weekdays, then on weekends, in UTC. */
export const buckets = 48;

/** @param at microseconds since 1970 @returns 0 to 47: hour of the day, 24 more on Saturday and Sunday */
export function bucketOf(at: number): number {
  // 1 January 1970 was a Thursday.
  const weekday = (((Math.floor(at / DAY) + 4) % 7) + 7) % 7;
  const hour = Math.floor(at / HOUR) % 24;
  return ((hour + 24) % 24) + (weekday === 0 || weekday === 6 ? 24 : 0);
}

export const hoursOfWeek = 168;

/** @param at microseconds since 1970 @returns 0 to 167: the hour of the week, in UTC */
export const weekHourOf = (at: number): number =>
  ((Math.floor(at / HOUR) % hoursOfWeek) + hoursOfWeek) % hoursOfWeek;

/** Hours since 1970, from 1 on: 0 is what a state was created with. */
export const hourOf = (at: number): number => Math.floor(at / HOUR) + 1;

/** The bucket of a time and what is known of it. */
export interface Visit {
  readonly bucket: number;
  /** The same hour on the other kind of day. */
  readonly other: number;
  /** Weights of this bucket's seasonal offset and of the other's, from n/(n + 2) after n visits; together at most 1. */
  readonly own: number;
  readonly borrowed: number;
  /** Weight of the newest value in this bucket's seasonal offset. */
  readonly rate: number;
}

/** Visits after which an offset counts half. */
const HALF_BELIEVED = 2;
/** Visits that an offset remembers. */
const REMEMBERED = 14;
const NEVER: Visit = { bucket: 0, other: 0, own: 0, borrowed: 0, rate: 0 };

/** Counts visits and observations of each bucket. A visit lasts until another hour begins. */
export class CalendarVisits {
  static readonly bytes = 8 + buckets * 8;
  readonly #newest: Float64Array;
  readonly #visits: Float32Array;
  readonly #seen: Float32Array;

  /** @param bytes zeroed or saved earlier, 8-byte aligned */
  constructor({ buffer, byteOffset }: Uint8Array) {
    this.#newest = new Float64Array(buffer, byteOffset, 1);
    this.#visits = new Float32Array(buffer, byteOffset + 8, buckets);
    this.#seen = new Float32Array(buffer, byteOffset + 8 + buckets * 4, buckets);
  }

  /** @param at microseconds since 1970; if it is undefined, nothing is known of the hour */
  visit(at: number | undefined): Visit {
    if (at === undefined) return NEVER;
    const bucket = bucketOf(at);
    const other = (bucket + 24) % buckets;
    const own = believed(this.#visits[bucket]!);
    const borrowed = (1 - own) * believed(this.#visits[other]!);
    const seen = this.#seen[bucket]!;
    const perVisit = Math.max(1, seen / Math.max(this.#visits[bucket]!, 1));
    const rate = Math.max(1 / (seen + 1), 1 / (REMEMBERED * perVisit));
    return { bucket, other, own, borrowed, rate };
  }

  /** A value was learned at this time. */
  count(at: number | undefined): void {
    if (at === undefined) return;
    const bucket = bucketOf(at);
    const hour = hourOf(at);
    if (hour !== this.#newest[0]) this.#visits[bucket]! += 1;
    this.#newest[0] = hour;
    this.#seen[bucket]! += 1;
  }
}

const believed = (visits: number): number => visits / (visits + HALF_BELIEVED);
