/** Judges series that are mostly zero by how often they are not zero. */
import type { Band } from "../detector.ts";
import { max2 } from "./deviation.ts";

/** A series is sparse while the non-zero part of its values is below this. */
const SPARSE = 0.5;
/** Values behind the newest frequency, and the weight of the newest value in it. */
const SPAN = 30;
const FAST = 2 / (SPAN + 1);
const SLOW = 1 / 500;
const MEMORY = 1 / SLOW;
/**
 * Pseudo-counts of a value that never came. The first hundred values have Jeffreys' half, because a rare value has
 * often not come yet. It falls to a tenth at 500 values.
 */
const UNSEEN = { young: 0.5, least: 0.1, values: 50 };

/** Places of the usual and of the newest frequency, relative to where a feature's frequencies begin. */
const USUAL = 0;
const NEWEST = 1;
export const SPARSE_WIDTH = 2;

/** How often the series is usually non-zero, 0 to 1, after adding the pseudo-counts of a zero and of a non-zero value. */
function usualFrequency(series: Float32Array, at: number, n: number): number {
  const seen = Math.min(n, MEMORY);
  const unseen = Math.min(UNSEEN.young, max2(UNSEEN.least, UNSEEN.values / seen));
  return (series[at + USUAL]! * seen + unseen) / (seen + 2 * unseen);
}

export const isSparse = (series: Float32Array, at: number): boolean => series[at + USUAL]! < SPARSE;

/** How often the series was non-zero lately, this value included. */
function newestFrequency(series: Float32Array, at: number, value: number): number {
  return series[at + NEWEST]! + ((value === 0 ? 0 : 1) - series[at + NEWEST]!) * FAST;
}

/**
 * Learns the frequencies of all features, after the vector was counted. @param at where those of the first feature
 * begin
 */
export function learnFrequencies(
  series: Float32Array,
  x: Float64Array,
  { at, count, stride }: { readonly at: number; readonly count: number; readonly stride: number },
): void {
  for (let slot = 0, s = 0; slot < x.length; slot++, s += stride) {
    const value = x[slot]!;
    if (Number.isNaN(value)) continue;
    const is = value === 0 ? 0 : 1;
    const mean = 1 / series[s + count]!;
    series[s + at + USUAL]! += (is - series[s + at + USUAL]!) * max2(SLOW, mean);
    series[s + at + NEWEST]! += (is - series[s + at + NEWEST]!) * max2(FAST, mean);
  }
}

/** Updates only the newest frequency. */
export function skipFrequency(series: Float32Array, at: number, value: number): void {
  series[at + NEWEST] = newestFrequency(series, at, value);
}

/**
 * √(2·n·KL(newest ‖ usual)): the normal deviate of the same likelihood.
 *
 * Source: Chernoff 1952, Annals of Mathematical Statistics 23(4).
 */
function frequencyDeviate(newest: number, usual: number): number {
  const there = newest <= 0 ? 0 : newest * Math.log(newest / usual);
  const not = newest >= 1 ? 0 : (1 - newest) * Math.log((1 - newest) / (1 - usual));
  return Math.sqrt(2 * SPAN * max2(0, there + not));
}

/** The frequency on the way from the usual one to `end` at which the deviate is so large; about `end` where none is. */
function frequencyAt(deviate: number, usual: number, end: number): number {
  let [near, far] = [usual, end];
  for (let step = 0; step < 40; step++) {
    const middle = (near + far) / 2;
    if (frequencyDeviate(middle, usual) < deviate) near = middle;
    else far = middle;
  }
  return near;
}

/** A new value, and how many were seen before. */
interface Coming {
  readonly value: number;
  readonly n: number;
}

/** How unusual the newest frequency is, this value included, as a normal deviate. */
export function deviateOf(series: Float32Array, at: number, { value, n }: Coming): number {
  return frequencyDeviate(newestFrequency(series, at, value), usualFrequency(series, at, n));
}

/** The frequencies for an explanation. @param most the deviate at which the score is 1 */
export function frequenciesOf(
  series: Float32Array,
  at: number,
  { value, n, most }: Coming & { readonly most: number },
): Pick<Band, "expected" | "low" | "high"> & { readonly observed: number } {
  const expected = usualFrequency(series, at, n);
  const observed = newestFrequency(series, at, value);
  const low = frequencyAt(most, expected, 0);
  return { expected, low, high: frequencyAt(most, expected, 1), observed };
}
