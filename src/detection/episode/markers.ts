/** When markers take effect; and models whose markers come so often that they would never be judged. */
import type { Assembling } from "../attribution/assembling.ts";
import type { ModelFacts } from "../model-facts.ts";
import type { DecisionSettings } from "../settings.ts";

/**
 * After this many retrains in a row, each too soon after the one before, further retrains no longer pause the judging
 * of the model.
 */
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

type Times = readonly { readonly at: number }[];

/**
 * Time of the newest marker that may take effect at this watermark, because every attribution before it is closed.
 * -Infinity without one.
 */
export function newestSettled(
  markers: Times,
  assembler: Pick<Assembling, "settledAt">,
  watermark: number,
): number {
  const settled = markers.filter(({ at }) => assembler.settledAt(at) <= watermark);
  return Math.max(...settled.map(({ at }) => at));
}

/** Whether a marker is between the two times, so what was collected over them is from before and after it. */
export const isBetween = (markers: Times, from: number, until: number): boolean =>
  markers.some(({ at }) => at > from && at < until);
