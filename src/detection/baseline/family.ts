/** Finds features that usually move together: when one of them breaks, the others move as well. */
import type { ModelMemory } from "../memory.ts";

/** Of 40 values independent ones hardly ever come that close. */
const familyCorrelation = 0.7;

/** Others that usually move with a feature: by the first detector that knows, those it correlates with most strongly. */
export function familyOf(memory: ModelMemory, slot: number): readonly number[] {
  const knows = memory.detectors.find(({ detector }) => detector.together !== undefined)?.detector;
  const family: number[] = [];
  for (let other = 0; other < memory.nFeatures; other++) {
    const correlation = knows?.together?.(slot, other) ?? 0;
    if (other !== slot && Math.abs(correlation) >= familyCorrelation) family.push(other);
  }
  return family;
}
