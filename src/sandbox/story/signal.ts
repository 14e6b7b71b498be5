/** A generated signal: the importances of one model over time, seeded, with a daily swing and noise. */
import type { Conditions, ModelScript } from "./script.ts";

/** A small seeded generator (mulberry32: Tommy Ettinger, 2017): the same seed tells the same story. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function gaussian(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

/** Relative noise of one importance from one attribution to the next. */
const noiseLevel = 0.06;
/** Relative height of the daily swing. */
const swing = 0.04;

/**
 * One attribution.
 *
 * @param hours time of day in hours, 0..24
 * @returns feature → importance, all finite and > 0
 */
export function attribution(
  model: ModelScript,
  at: { readonly hours: number; readonly conditions: Conditions; readonly random: () => number },
): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  let place = 0;
  for (const [feature, share] of Object.entries(model.shares)) {
    const phase = (2 * Math.PI * (at.hours + 3 * place)) / 24;
    const noise = noiseLevel * at.conditions.noise * gaussian(at.random);
    const level = share * (1 + swing * Math.sin(phase)) * Math.exp(noise);
    values.set(feature, level * at.conditions.scale * (at.conditions.features[feature] ?? 1));
    place += 1;
  }
  return values;
}
