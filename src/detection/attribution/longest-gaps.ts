/**
 * How long a gap between two attributions may be, learned from the longest gap of each block of attributions.
 *
 *     limit = min(2·median(longest)·exp(4·(1 + 2/blocks)·spread), 5·longest known gap)
 *
 * *spread* is the standard deviation of log(longest). The greatest of the longest gaps takes part in neither: it may be
 * an outage. A regular model has a limit of two cadences, an exponential one of about twenty.
 *
 * A block ends after 16 gaps that together last four times as long as the longest of them, and four times as long as
 * the usual longest. So a batch of a thousand rows within seconds is a part of one block, and does not displace the
 * pauses between batches. Source: block maxima, Gumbel 1958, Statistics of Extremes.
 */

const blockGaps = 16;
const blockSpans = 4;
const remembered = 15;
const factor = 2;
const deviations = 4;
const timesLongest = 5;
/** From so many blocks on, the second longest gap bounds the limit; before that the longest. */
const manyBlocks = 4;

/** Plain data, microseconds. */
export interface LongestGaps {
  /** The longest gap of each of the newest blocks, oldest first. */
  readonly longest: readonly number[];
  /** The block that has not ended: its gaps, the longest one, and their sum. */
  readonly block: readonly [gaps: number, longest: number, sum: number];
}

export const noGaps: LongestGaps = { longest: [], block: [0, 0, 0] };

/** The state after one more gap, microseconds. */
export function withLongest({ longest, block }: LongestGaps, gap: number): LongestGaps {
  const [gaps, most, sum] = [block[0] + 1, Math.max(block[1], gap), block[2] + gap];
  const isOver =
    gaps >= blockGaps && sum >= blockSpans * most && sum >= blockSpans * usualOf(longest);
  if (!isOver) return { longest, block: [gaps, most, sum] };
  return { longest: [...longest, most].slice(-remembered), block: [0, 0, 0] };
}

/** A gap that is longer than this is unusual, microseconds; 0 before the first gap. */
export function gapLimit({ longest, block }: LongestGaps): number {
  if (longest.length === 0) return factor * block[1];
  const sorted = ascending(longest);
  const kept = sorted.length > 1 ? sorted.slice(0, -1) : sorted;
  const usual = middleOf(sorted);
  const spread = deviations * (1 + 2 / sorted.length) * deviationOf(kept.map(Math.log));
  const known = sorted.length < manyBlocks ? sorted.at(-1)! : kept.at(-1)!;
  return Math.min(factor * usual * Math.exp(spread), timesLongest * known);
}

/** The longest gap that is no exception, microseconds; 0 before the first gap. */
export function longestUsual({ longest, block }: LongestGaps): number {
  const sorted = ascending(longest);
  return sorted.at(sorted.length < manyBlocks ? -1 : -2) ?? block[1];
}

const usualOf = (longest: readonly number[]): number =>
  longest.length === 0 ? 0 : middleOf(ascending(longest));

export const ascending = (values: readonly number[]): readonly number[] =>
  values.toSorted((a, b) => a - b);

/** @param sorted at least one value */
export function middleOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  return Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length);
}
