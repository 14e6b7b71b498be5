/** Computes newest value, normal band and rank of each feature from a model's saved state. Decides nothing. */

import type { Assembly } from "../attribution/assembling.ts";
import { ranksOf } from "../attribution/ranking.ts";
import { sharesOf } from "../attribution/shares.ts";
import { expectedTotal, transform } from "../attribution/transform.ts";
import type { BlamedFeature } from "../event.ts";
import type { ModelMemory } from "../memory.ts";
import { attentionNow, expectedAttention, type JudgedAttribution } from "./attention.ts";
import { knownState, type PastInput } from "./past-values.ts";

export interface NewestFeatures {
  /** Time of the newest attribution that is complete or over, microseconds since 1970; undefined before the first. */
  readonly at: number | undefined;
  /** Features by their present or usual size, largest first. None is blamed, so score and part are 0. */
  readonly features: readonly BlamedFeature[];
}

/** Cost: the state is decoded and transformed once, in one memory of the model's size. */
export function newestFeatures(
  input: Pick<PastInput, "state" | "model" | "settings">,
): NewestFeatures {
  const { memory, names, kind, pool, assembly } = knownState(input, []);
  if (assembly?.open === true) takeBack(memory, assembly);
  const seen = [...memory.seenAt].filter((time) => !Number.isNaN(time));
  if (seen.length === 0) return { at: undefined, features: [] };
  const at = Math.max(...seen);
  const workspace = pool.of(memory.nFeatures);
  transform(kind, memory, { workspace, at });
  const standing = standings({ memory, workspace, kind }, at);
  const features = names.map((feature, slot) => ({ feature, ...standing(slot) }));
  return { at, features: features.toSorted((one, other) => sizeOf(other) - sizeOf(one)) };
}

/**
 * While an attribution is open, the one before it is the newest. A feature without a row so far does not count as
 * absent.
 */
function takeBack({ value, seenAt, previous }: ModelMemory, { lastEnd }: Assembly): void {
  value.set(previous);
  seenAt.set(previous.map((one) => (Number.isNaN(one) ? one : (lastEnd ?? Number.NaN))));
}

const sizeOf = ({ before = 0, after = 0 }: BlamedFeature): number => Math.max(before, after);

function standings(
  judged: JudgedAttribution,
  at: number,
): (slot: number) => Omit<BlamedFeature, "feature"> {
  const { memory, kind } = judged;
  const now = attentionNow(judged);
  const usual = sharesOf(memory).before;
  const [rankNow, rankUsual] = [ranksOf(now), ranksOf(usual)];
  const unit = kind === "none" ? { unit: expectedTotal(memory) || 1 } : {};
  return (slot) => ({
    before: usual[slot],
    after: now[slot],
    ...expectedAttention(judged, { slot, at }),
    rankBefore: rankUsual[slot],
    rankAfter: rankNow[slot],
    ...unit,
    score: 0,
    part: 0,
  });
}
