/** Finds features that usually move together: when one of them breaks, the others move as well. */
import type { ModelMemory } from "../memory.ts";

/** Forty independent values hardly ever correlate so strongly. */
const familyCorrelation = 0.7;

/** Features that correlate strongly with this one, by the first detector that measures correlations. */
export function familyOf(memory: ModelMemory, slot: number): readonly number[] {
  const knows = memory.detectors.find(({ detector }) => detector.together !== undefined)?.detector;
  const family: number[] = [];
  for (let other = 0; other < memory.nFeatures; other++) {
    const correlation = knows?.together?.(slot, other) ?? 0;
    if (other !== slot && Math.abs(correlation) >= familyCorrelation) family.push(other);
  }
  return family;
}
