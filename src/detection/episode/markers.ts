/** Detects models whose markers come so often that they would never be judged. */
import type { ModelFacts } from "../model-facts.ts";
import type { DecisionSettings } from "../settings.ts";

/** After so many retrains in a row, each too soon after the one before, the model is judged through them. */
const hastyByHabit = 2;

/** Counts a marker that comes into effect. @returns whether markers regularly come before the model has relearned */
export function isRetrainedByHabit(
  facts: ModelFacts,
  { relearn, relearnedWidenFor }: DecisionSettings,
): boolean {
  const { sinceMarker = Number.POSITIVE_INFINITY, hastyMarkers = 0 } = facts;
  facts.sinceMarker = 0;
  facts.hastyMarkers = sinceMarker < relearn + relearnedWidenFor ? hastyMarkers + 1 : 0;
  if (facts.hastyMarkers < hastyByHabit) return false;
  // The jump that is usual at a retrain is learned, not reported.
  facts.widen = relearnedWidenFor;
  return true;
}
