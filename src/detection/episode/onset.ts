/** When the fault of an episode began: the times of the last normal and the first abnormal attribution. */

import { popcount } from "../baseline/popcount.ts";
import type { EpisodeKind, Onset } from "../event.ts";
import type { ModelMemory } from "../memory.ts";
import { type ModelFacts, newestRowOf } from "../model-facts.ts";

export interface OnsetInput {
  /** Time of the attribution, or the clock time of silence, microseconds since 1970. */
  readonly at: number;
  readonly kind: EpisodeKind;
  /** The feature most to blame; undefined where there is none. */
  readonly slot: number | undefined;
  readonly memory: ModelMemory;
  readonly facts: Pick<ModelFacts, "rules" | "crossed" | "lastAt" | "newestRow">;
  /** Newest intervals between attributions, oldest first, microseconds. */
  readonly intervals: readonly number[];
  readonly cadence: number | undefined;
  /** Number of newest attributions among which boundary crossings are counted. */
  readonly outOf: number;
}

/** @returns undefined where the onset cannot be determined */
export function onsetOf(input: OnsetInput): Onset | undefined {
  const { kind, at, facts, cadence } = input;
  if (kind === "silent") {
    const { lastAt } = facts;
    if (lastAt === null) return undefined;
    return { lastNormal: newestRowOf(facts) ?? lastAt, from: lastAt + (cadence ?? 0) };
  }
  const ago = firstAgo(input);
  const from = before(input, ago);
  if (from === undefined) return undefined;
  const lastNormal = before(input, ago + 1);
  const crossed = kind === "shift" || kind === "leak" ? crossedIn(input) : undefined;
  return {
    from: Math.min(from, at),
    ...(lastNormal !== undefined && { lastNormal }),
    ...(crossed !== undefined && { crossed: popcount(crossed), of: input.outOf }),
  };
}

/** How many attributions ago the fault first showed; 0 is the newest. */
function firstAgo(input: OnsetInput): number {
  const { kind, slot, memory, facts } = input;
  const { sameRun, conflictRun } = facts.rules;
  // The first of the identical vectors was still normal: only the second one repeats it.
  if (kind === "frozen") return Math.max(sameRun - 2, 0);
  if (kind === "second_exporter") return Math.max(conflictRun - 1, 0);
  if (slot === undefined) return 0;
  if (kind === "feature_missing") return Math.max(memory.absent[slot]! - 1, 0);
  if (kind === "bad_values") return Math.max(memory.bad[slot]! - 1, 0);
  // `fresh` is 1 + the times that the new feature was seen large.
  if (kind === "new_feature") return Math.max(memory.fresh[slot]! - 2, 0);
  return Math.max((crossedIn(input) ?? 1).toString(2).length - 1, 0);
}

/** One bit for each of the newest attributions that crossed; undefined where one crossing is enough. */
function crossedIn({ slot, memory, facts, outOf }: OnsetInput): number | undefined {
  if (memory.detectors.some(({ use }) => use.atOnce === true)) return undefined;
  const own = slot === undefined ? 0 : memory.crossed[slot]!;
  const most = popcount(own) >= popcount(facts.crossed) ? own : facts.crossed;
  return most & ((1 << outOf) - 1);
}

/** The time of an earlier attribution; undefined where it is not remembered. */
function before({ at, intervals }: OnsetInput, ago: number): number | undefined {
  if (ago > intervals.length) return undefined;
  const newest = ago === 0 ? [] : intervals.slice(-ago);
  return newest.reduce((time, interval) => time - interval, at);
}
