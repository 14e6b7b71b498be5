/**
 * Remembers changes that come only at a few hours of the week, such as a batch every Monday morning. The seasonal
 * profile holds all other seasons.
 */
import { hourOf, hoursOfWeek, weekHourOf } from "./calendar.ts";
import { clamp } from "./deviation.ts";
import type { ObservedVector } from "./observed-vector.ts";
import { sqrtResidual } from "./sqrt-residual.ts";

/** Hours of the week that are remembered. */
const PLACES = 12;
/** Visits before an hour counts: after two weeks with the change, the third counts as a habit. */
const BELIEVED = 2;
/** Weeks without the change after which an hour is forgotten. */
const FORGOTTEN = 3;
/** An hour is remembered if a feature is off by this many deviations, while vectors are skipped or not judged yet. */
const OFF = 3;
/** Vectors are skipped for this many hours at most: what lasts longer is no habit of an hour. */
const STRETCH = 12;
/** Visits that the size remembers. */
const REMEMBERED = 8;

/** Places of an hour's numbers: 1 + the hour of the week, visits, vectors, and the hour of the newest one. */
const HOUR = 0;
const VISITS = 1;
const VECTORS = 2;
const NEWEST = 3;
const HEADER = 4;
/** Place after the headers: the hour since which vectors are skipped; 0 while they are learned. */
const SINCE = PLACES * HEADER;
const VALUES = SINCE + 2;

/**
 * A table of hours of the week. Each has the distance of every feature from its level and the seasonal offset.
 *
 * An hour counts once its change came in two weeks. A value is then compared with the usual value and with the value of
 * this hour of the week. The nearer one counts, so a week without the change is no anomaly. It fails on a change that
 * begins at another hour every week.
 *
 * Memory: 200 bytes and 48 a feature.
 */
export class WeeklyHours {
  readonly #floats: Float32Array;
  readonly #n: number;

  /** A multiple of 8. */
  static bytes(nFeatures: number): number {
    return (VALUES + PLACES * nFeatures) * 4;
  }

  /** @param bytes zeroed or saved earlier, 4-byte aligned */
  constructor({ buffer, byteOffset }: Uint8Array, nFeatures: number) {
    this.#n = nFeatures;
    this.#floats = new Float32Array(buffer, byteOffset, VALUES + PLACES * nFeatures);
  }

  /** Copies the table of fewer features. */
  copy(from: WeeklyHours): void {
    this.#floats.set(from.#floats.subarray(0, VALUES));
    for (let place = 0; place < PLACES; place++) {
      const known = from.#floats.subarray(from.#valuesAt(place), from.#valuesAt(place + 1));
      this.#floats.set(known, this.#valuesAt(place));
    }
  }

  /** What is added to the expected values at this hour of the week, by slot; undefined where nothing is. */
  believed(at: number | undefined): Float32Array | undefined {
    if (at === undefined) return undefined;
    const place = this.#placeOf(at);
    if (place === undefined || !this.#isBelieved(place, at)) return undefined;
    return this.#floats.subarray(this.#valuesAt(place), this.#valuesAt(place + 1));
  }

  /** What is added for a feature if the value is then nearer to the expected one, else 0. */
  nearest(
    slot: number,
    at: number | undefined,
    {
      value,
      usual,
      bend,
    }: { readonly value: number; readonly usual: number; readonly bend: number },
  ): number {
    const extra = this.believed(at)?.[slot] ?? 0;
    const off = Math.abs(sqrtResidual(value, usual + extra, bend));
    return off < Math.abs(sqrtResidual(value, usual, bend)) ? extra : 0;
  }

  /** The vector was learned. @param young whether vectors are not judged yet */
  learned(seen: ObservedVector, at: number | undefined, young: boolean): void {
    this.#floats[SINCE] = 0;
    if (at === undefined) return;
    const place = this.#placeOf(at);
    const isKnown = place !== undefined && this.#isBelieved(place, at);
    if (isKnown ? seen.isWeekly : young && isOff(seen, this.#n)) this.#record(seen, at);
  }

  /** The vector was skipped. */
  skipped(seen: ObservedVector, at: number | undefined): void {
    if (at === undefined) return;
    const hour = hourOf(at);
    if (this.#floats[SINCE] === 0) this.#floats[SINCE] = hour;
    if (hour - this.#floats[SINCE]! >= STRETCH || this.believed(at) !== undefined) return;
    if (isOff(seen, this.#n)) this.#record(seen, at);
  }

  #record(seen: ObservedVector, at: number): void {
    const floats = this.#floats;
    const place = this.#placeOf(at) ?? this.#freePlace(at);
    if (place === undefined) return;
    const header = place * HEADER;
    const hour = hourOf(at);
    if (floats[header + NEWEST] !== hour) floats[header + VISITS]! += 1;
    floats[header + NEWEST] = hour;
    const vectors = (floats[header + VECTORS]! += 1);
    const rate = Math.max(1 / vectors, floats[header + VISITS]! / (REMEMBERED * vectors));
    for (let slot = 0, v = this.#valuesAt(place); slot < this.#n; slot++, v++) {
      const off = seen.x[slot]! - seen.expected[slot]!;
      if (!Number.isNaN(off)) floats[v] = floats[v]! + (off - floats[v]!) * rate;
    }
  }

  /** The place of this hour of the week, unless it was forgotten. */
  #placeOf(at: number): number | undefined {
    const wanted = weekHourOf(at) + 1;
    for (let place = 0; place < PLACES; place++) {
      if (this.#floats[place * HEADER + HOUR] !== wanted) continue;
      return this.#isForgotten(place, at) ? undefined : place;
    }
    return undefined;
  }

  /** Empties a free or forgotten place for this hour of the week. @returns undefined where there is none */
  #freePlace(at: number): number | undefined {
    for (let place = 0; place < PLACES; place++) {
      if (!this.#isForgotten(place, at)) continue;
      const header = place * HEADER;
      this.#floats.fill(0, header, header + HEADER);
      this.#floats.fill(0, this.#valuesAt(place), this.#valuesAt(place + 1));
      this.#floats[header + HOUR] = weekHourOf(at) + 1;
      return place;
    }
    return undefined;
  }

  /**
   * Whether the place is free or forgotten. A change that came once is forgotten unless it comes again in the next
   * week.
   */
  #isForgotten(place: number, at: number): boolean {
    const [, visits, , newest] = this.#floats.subarray(place * HEADER, (place + 1) * HEADER);
    const weeks = visits! < BELIEVED ? 1 : FORGOTTEN;
    return visits === 0 || hourOf(at) - newest! > weeks * hoursOfWeek;
  }

  /** Whether the hour came in two weeks before this one. */
  #isBelieved(place: number, at: number): boolean {
    const header = place * HEADER;
    const now = this.#floats[header + NEWEST] === hourOf(at) ? 1 : 0;
    return this.#floats[header + VISITS]! - now >= BELIEVED;
  }

  readonly #valuesAt = (place: number): number => VALUES + place * this.#n;
}

/** Whether some feature differs from its expected value by `OFF` deviations. */
function isOff({ z }: ObservedVector, n: number): boolean {
  for (let slot = 0; slot < n; slot++) if (Math.abs(z[slot]!) >= OFF) return true;
  return false;
}

/** Compares each value also with what is usual at this hour of the week; the nearer one counts. */
export function compareWeekly(
  seen: ObservedVector,
  extra: Float32Array,
  { bend, noise }: { readonly bend: number; readonly noise: number },
): void {
  const { x, expected, distance, residual, most, z } = seen;
  for (let slot = 0; slot < extra.length; slot++) {
    const off = sqrtResidual(x[slot]!, expected[slot]! + extra[slot]!, bend) / noise;
    if (!(Math.abs(off) < Math.abs(distance[slot]!))) continue;
    const clip = most[slot]!;
    if (Math.abs(distance[slot]!) > clip / 2) seen.isWeekly = true;
    distance[slot] = off;
    if (z[slot] !== 0) z[slot] = z[slot]! * (clamp(off, clip) / residual[slot]!);
    residual[slot] = clamp(off, clip);
  }
}
