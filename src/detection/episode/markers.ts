/** Whether markers come so often that the model would never be judged. */
import type { ModelFacts } from "../model-facts.ts";
import type { DecisionSettings } from "../settings.ts";

/** So many retrains in a row that were not waited for are how this model lives: it is judged through them. */
const hastyByHabit = 2;

/** Takes note of a marker that comes into effect. @returns whether this model is retrained before it is ever settled */
export function isRetrainedByHabit(
  facts: ModelFacts,
  { relearn, relearnedWidenFor }: DecisionSettings,
): boolean {
  const { sinceMarker = Number.POSITIVE_INFINITY, hastyMarkers = 0 } = facts;
  facts.sinceMarker = 0;
  facts.hastyMarkers = sinceMarker < relearn + relearnedWidenFor ? hastyMarkers + 1 : 0;
  if (facts.hastyMarkers < hastyByHabit) return false;
  // A jump of the usual size shall be learned, not told.
  facts.widen = relearnedWidenFor;
  return true;
}
