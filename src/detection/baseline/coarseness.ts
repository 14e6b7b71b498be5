/** Measures how coarse the values of a feature are: the least step between two consecutive values that were not remarkable. */
import type { ModelMemory } from "../memory.ts";

/** A step is stored as a byte: its binary exponent plus this. */
const stepZero = 128;
/** The lower bound of steps by their byte. */
const powers = Float64Array.from({ length: 257 }, (_, byte) => 2 ** (byte - stepZero));

/**
 * Learns the steps from the previous values to the newest; skips features of which either is NaN. Call it while no
 * episode is open.
 *
 * @param scores by slot, 1 at the boundary, NaN where not judged. A feature at or above `clean` learns no step:
 * otherwise the jump of a fault becomes its own habit.
 */
export function learnSteps(memory: ModelMemory, scores: Float64Array, clean: number): void {
  for (let slot = 0; slot < memory.nFeatures; slot++) {
    if (!(scores[slot]! >= clean)) learnStep(memory, slot);
  }
}

function learnStep({ value, previous, step }: ModelMemory, slot: number): void {
  const distance = Math.abs(value[slot]! - previous[slot]!);
  if (!(distance > 0 && distance < Number.POSITIVE_INFINITY)) return;
  const known = step[slot]!;
  if (known !== 0 && distance >= powers[known]!) return;
  const exponent = Math.min(Math.max(Math.floor(Math.log2(distance)) + stepZero, 1), 255);
  if (known === 0 || exponent < known) step[slot] = exponent;
}

/** Upper bound of the least step between two values of a feature; 0 before there was one. */
export const leastStep = ({ step }: ModelMemory, slot: number): number =>
  step[slot] === 0 ? 0 : powers[step[slot]! + 1]!;
