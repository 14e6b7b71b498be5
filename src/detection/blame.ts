/** Who is to blame, in shares of the model's attention, as it stood when the episode opened. */

import type { BlamedFeature } from "./event.ts";
import { expectedBand, explained, type Judged } from "./expectation.ts";
import type { ModelMemory } from "./memory.ts";
import type { Scratch } from "./scratch.ts";
import { expectedTotal } from "./transform.ts";

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
    ...bandInShares(memory, scratch, { slot, at }),
    score: weights[i]!,
    part: weights[i]! / weight,
  }));
}

interface Shares {
  /** Absolute shares; undefined where absent. */
  readonly before: readonly (number | undefined)[];
  readonly after: readonly (number | undefined)[];
}

/** In their own units values are measured by what the whole used to be: the share of a single feature is always 1. */
function sharesOf(memory: ModelMemory): Shares {
  const { level, count, value, shape } = memory;
  const usual = expectedTotal(memory) || 1;
  let now = 0;
  for (const one of value) if (!Number.isNaN(one)) now += Math.min(Math.abs(one), 1e290);
  const whole = shape.raw ? usual : now || 1;
  return {
    before: Array.from(level, (one, i) => (count[i]! > 0 ? Math.abs(one) / usual : undefined)),
    after: Array.from(value, (one) => (Number.isNaN(one) ? undefined : Math.abs(one) / whole)),
  };
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

function bandInShares(
  memory: ModelMemory,
  scratch: BlameInput["scratch"],
  judged: Judged,
): Pick<BlamedFeature, "low" | "high"> {
  const said = explained(memory, scratch, judged);
  const band = said ?? expectedBand(memory, judged);
  // Deviations are no shares.
  if (band === undefined || said?.unit === "deviations") return { low: undefined, high: undefined };
  const unit = expectedTotal(memory) || 1;
  const ends = [band.low / unit, band.high / unit].map((end) => Math.max(end, 0));
  return { low: ends[0], high: ends[1] };
}
