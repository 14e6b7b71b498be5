/** The present and the usual shares of a model's features, by which they are ranked and blamed. */
import type { ModelMemory } from "../memory.ts";
import type { Shares } from "./ranking.ts";
import { expectedTotal } from "./transform.ts";

/**
 * Values in their own units are divided by the usual total. Divided by the newest total, a single feature would always
 * be 1.
 */
export function sharesOf(memory: ModelMemory): Shares {
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
