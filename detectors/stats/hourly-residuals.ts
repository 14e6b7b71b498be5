/**
 * The hourly residual of a value: its distance from the mean of its hour and kind of day, in deviations of that hour.
 */
import { bucketOf, buckets, hourOf } from "./calendar.ts";

/** Visits (about days) that an hour's mean and its deviation remember. */
const MEAN_VISITS = 10;
const DEVIATION_VISITS = 30;
/** Rows that the deviation of the whole series remembers. */
const OVERALL_ROWS = 500;
/** The least deviation of an hour: these parts of the whole series' deviation and of the hour's mean. */
const OVERALL_PART = 0.3;
const MEAN_PART = 0.01;
const LEAST = 1e-11;
const CLIP = 15;

const HOURS = 24;

/** Places of a series' numbers: by bucket rows, visits and mean; by hour mean and deviation; then scalars. */
const ROWS = 0;
const VISITS = buckets;
const MEANS = 2 * buckets;
const HOUR_MEANS = 3 * buckets;
const HOUR_DEVIATIONS = HOUR_MEANS + HOURS;
const OVERALL = HOUR_DEVIATIONS + HOURS;
const COMPARED = OVERALL + 1;
const NEWEST = OVERALL + 2;

/** Floats a series. */
export const residualFloats = NEWEST + 1;

/**
 * Many series in one array. Once an hour was visited twice on a kind of day, a value is compared with that hour of that
 * kind of day; before, with the hour of any day. Memory: 780 bytes a series.
 */
export class HourlyResiduals {
  readonly #floats: Float32Array;

  constructor(floats: Float32Array) {
    this.#floats = floats;
  }

  /**
   * @param s where the series begins
   * @param at microseconds since 1970; without it all rows are of one hour
   * @returns −15 to 15; 0 for an hour that was never visited
   */
  residual(s: number, value: number, at = 0): number {
    const floats = this.#floats;
    const bucket = bucketOf(at);
    const hour = bucket % HOURS;
    if (rowsOf(floats, s, hour) === 0) return 0;
    const mean = floats[s + HOUR_MEANS + hour]!;
    const least = Math.max(OVERALL_PART * floats[s + OVERALL]!, MEAN_PART * Math.abs(mean));
    const deviation = Math.max(floats[s + HOUR_DEVIATIONS + hour]!, least);
    if (deviation <= LEAST) return 0;
    return Math.max(-CLIP, Math.min(CLIP, this.#distance(s, value, bucket) / deviation));
  }

  learn(s: number, value: number, at = 0): void {
    const floats = this.#floats;
    const bucket = bucketOf(at);
    const hour = bucket % HOURS;
    if (floats[s + NEWEST] !== hourOf(at)) floats[s + VISITS + bucket]! += 1;
    floats[s + NEWEST] = hourOf(at);
    const seen = rowsOf(floats, s, hour);
    const visits = floats[s + VISITS + hour]! + floats[s + VISITS + HOURS + hour]!;
    if (seen > 0) this.#learnDeviation(s, this.#distance(s, value, bucket), { hour, seen, visits });
    const rows = (floats[s + ROWS + bucket]! += 1);
    follow(floats, s + HOUR_MEANS + hour, { value, rate: meanRate(seen + 1, visits) });
    const rate = meanRate(rows, floats[s + VISITS + bucket]!);
    follow(floats, s + MEANS + bucket, { value, rate });
  }

  #learnDeviation(
    s: number,
    distance: number,
    {
      hour,
      seen,
      visits,
    }: { readonly hour: number; readonly seen: number; readonly visits: number },
  ): void {
    const floats = this.#floats;
    const value = Math.abs(distance);
    const compared = (floats[s + COMPARED]! += 1);
    const rate = Math.max(1 / (seen + 1), 1 / (DEVIATION_VISITS * Math.max(1, seen / visits)));
    follow(floats, s + HOUR_DEVIATIONS + hour, { value, rate });
    follow(floats, s + OVERALL, { value, rate: Math.max(1 / compared, 1 / OVERALL_ROWS) });
  }

  #distance(s: number, value: number, bucket: number): number {
    const floats = this.#floats;
    const own = floats[s + VISITS + bucket]! >= 2;
    return value - floats[s + (own ? MEANS + bucket : HOUR_MEANS + (bucket % HOURS))]!;
  }
}

const rowsOf = (floats: Float32Array, s: number, hour: number): number =>
  floats[s + ROWS + hour]! + floats[s + ROWS + HOURS + hour]!;

const meanRate = (rows: number, visits: number): number =>
  Math.max(1 / rows, 1 / (MEAN_VISITS * Math.max(1, rows / visits)));

function follow(
  floats: Float32Array,
  place: number,
  { value, rate }: { readonly value: number; readonly rate: number },
): void {
  floats[place]! += (value - floats[place]!) * rate;
}
