/** Computes which features are to blame, at the moment when the episode opens. */

import { ranksOf, type Shares } from "../attribution/ranking.ts";
import { sharesOf } from "../attribution/shares.ts";
import { type JudgedAttribution, toldAttention } from "../baseline/attention.ts";
import type { BlamedFeature } from "../event.ts";

/** More names than this help nobody. */
const mostNamed = 10;

export interface BlameInput {
  /** Time of the attribution, microseconds since 1970. */
  readonly at: number;
  readonly judged: JudgedAttribution;
  readonly names: readonly string[];
  /** Features that a rule blames, most to blame first. The result lists them before features beyond their boundary. */
  readonly guilty: readonly number[];
}

/**
 * The blame of a feature is its score times the share that it gained or lost: the feature that moved most probably
 * moved the others. Where units differ, its blame is the score alone.
 *
 * @returns most to blame first, at most ten; their parts add up to 1
 */
export function blame({ at, judged, names, guilty }: BlameInput): readonly BlamedFeature[] {
  const { memory, workspace } = judged;
  const { scores } = workspace;
  const shares = sharesOf(memory);
  const weights = scores.map((score, slot) => {
    const known = Math.max(score || 0, guilty.includes(slot) ? 1 : 0);
    // Moves in different units cannot be compared.
    return memory.shape.raw ? known : known * movedPart(shares, slot);
  });
  const rest = [...scores.keys()]
    .filter((slot) => scores[slot]! >= 1 && !guilty.includes(slot))
    .toSorted((a, b) => weights[b]! - weights[a]!);
  const slots = [...guilty, ...rest].slice(0, mostNamed);
  const weight = slots.reduce((sum, slot) => sum + weights[slot]!, 0);
  const [before, after] = [ranksOf(shares.before), ranksOf(shares.after)];
  return slots.map((slot) => ({
    feature: names[slot]!,
    ...toldAttention(judged, { slot, at }),
    rankBefore: before[slot],
    rankAfter: after[slot],
    score: Math.max(scores[slot] || 0, guilty.includes(slot) ? 1 : 0),
    part: weights[slot]! / weight,
  }));
}

/** Never 0, so that every blamed feature has a part. */
const movedPart = ({ before, after }: Shares, slot: number): number =>
  Math.abs((after[slot] ?? 0) - (before[slot] ?? 0)) + 1e-9;
