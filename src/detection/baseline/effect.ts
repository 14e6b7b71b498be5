/** How far a feature is from what is expected, and whether the feature's settings let that count. */
import { attentionOf, type JudgedAttribution, leastTurned } from "./attention.ts";
import { heldAgainst, type Judged } from "./expectation.ts";
import type { FeatureSettings, LeastEffect } from "./overrides.ts";

interface FeatureChange {
  readonly drops: boolean;
  readonly rises: boolean;
  /** Size of the change as people see it: a part of the attention, or in the feature's own unit. */
  readonly size: number;
  /** Size of the change, divided by the expected value, ≥ 0. */
  readonly relative: number;
}

/** Whether the feature's direction and least effect let it count. Its score plays no part. */
export function isTold(
  judged: JudgedAttribution,
  place: Judged,
  { direction = "both", leastEffect }: FeatureSettings,
): boolean {
  if (direction === "both" && leastEffect === undefined) return true;
  const effect = effectOf(judged, place);
  if (effect === undefined) return true;
  const isAsked = direction === "both" || effect[direction];
  return isAsked && reaches(effect, leastEffect ?? {}, judged.kind);
}

function reaches(
  { size, relative }: FeatureChange,
  least: LeastEffect,
  kind: JudgedAttribution["kind"],
): boolean {
  const leastSize = (kind === "none" ? least.value : least.share) ?? 0;
  return size >= leastSize && relative >= (least.relative ?? 0);
}

/** Undefined where no detector has an expectation. */
function effectOf(judged: JudgedAttribution, { slot, at }: Judged): FeatureChange | undefined {
  const { memory, workspace, kind } = judged;
  const said = heldAgainst(memory, workspace.y, { slot, at });
  if (said === undefined) return undefined;
  // Deviations and frequencies have no size, so the newest value is compared with the level.
  const isValue = said.unit === "value";
  const expected = isValue ? said.expected : memory.level[slot]!;
  const observed = isValue ? said.observed : workspace.y[slot]!;
  if (!isValue) return { ...movedFrom(expected, observed), ...directionOf(said) };
  if (kind === "none") return movedFrom(expected, observed);
  const before = attentionOf(judged, slot, expected);
  const after = attentionOf(judged, slot, observed);
  const turned = before * after < 0 && Math.abs(after) >= leastTurned * Math.abs(before);
  const moved = movedFrom(before, after);
  // A change of sign counts in every direction.
  if (turned) return { ...moved, drops: true, rises: true };
  return { ...moved, ...directionOf({ expected: Math.abs(before), observed: Math.abs(after) }) };
}

const directionOf = ({
  expected,
  observed,
}: {
  readonly expected: number;
  readonly observed: number;
}): Pick<FeatureChange, "drops" | "rises"> => ({
  drops: observed < expected,
  rises: observed > expected,
});

function movedFrom(expected: number, observed: number): FeatureChange {
  const size = Math.abs(observed - expected);
  const relative = size === 0 ? 0 : size / Math.abs(expected);
  return { ...directionOf({ expected, observed }), size, relative };
}
