/** Who is to blame, in shares of the model's attention, as it stood when the episode opened. */
import type { BlamedFeature } from "./event.ts";
import type { ModelMemory } from "./memory.ts";
import type { Scratch } from "./scratch.ts";
import { crossedBand, type Shares, sharesOf } from "./shares.ts";

/** More names than this help nobody. */
const mostNamed = 10;

export interface BlameInput {
  /** Time of the attribution, microseconds since 1970. */
  readonly at: number;
  readonly memory: ModelMemory;
  readonly names: readonly string[];
  /** What was judged last. */
  readonly scratch: Pick<Scratch, "y" | "scores">;
  /** Blamed by a rule, most first; then come the features beyond their boundary by score. */
  readonly guilty: readonly number[];
}

/** @returns most to blame first, at most ten; their parts add up to 1 */
export function blame(input: BlameInput): readonly BlamedFeature[] {
  const { at, memory, names, scratch, guilty } = input;
  const { scores } = scratch;
  const rest = [...scores.keys()]
    .filter((slot) => scores[slot]! >= 1 && !guilty.includes(slot))
    .toSorted((a, b) => scores[b]! - scores[a]!);
  const slots = [...guilty, ...rest].slice(0, mostNamed);
  const weights = slots.map((slot) => Math.max(scores[slot] || 0, guilty.includes(slot) ? 1 : 0));
  const weight = weights.reduce((sum, one) => sum + one, 0);
  const shares = sharesOf(memory);
  return slots.map((slot, i) => ({
    feature: names[slot]!,
    ...compared(shares, slot),
    ...crossedBand(memory, scratch, { slot, at }),
    score: weights[i]!,
    part: weights[i]! / weight,
  }));
}

function compared({ before, after }: Shares, slot: number) {
  return {
    before: before[slot],
    after: after[slot],
    rankBefore: rank(before, slot),
    rankAfter: rank(after, slot),
  };
}

function rank(shares: readonly (number | undefined)[], slot: number): number | undefined {
  const own = shares[slot];
  if (own === undefined) return undefined;
  return 1 + shares.filter((share) => share !== undefined && share > own).length;
}
