/** What a model's features are and were expected to be, in shares of its attention. */
import { expectedBand } from "./decision.ts";
import type { BlamedFeature } from "./event.ts";
import type { PastAttribution } from "./history.ts";
import type { ModelMemory } from "./memory.ts";
import { expectedTotal } from "./transform.ts";

export interface Shares {
  /** Absolute shares; undefined where absent. */
  readonly before: readonly (number | undefined)[];
  readonly after: readonly (number | undefined)[];
}

/** In their own units values are measured by what the whole used to be: the share of a single feature is always 1. */
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

/** @param at microseconds since 1970 */
export function bandInShares(
  memory: ModelMemory,
  slot: number,
  at: number,
): Pick<BlamedFeature, "low" | "high"> {
  const band = expectedBand(memory, slot, at);
  if (band === undefined) return { low: undefined, high: undefined };
  const unit = expectedTotal(memory) || 1;
  const ends = [band.low / unit, band.high / unit].map((end) => Math.max(end, 0));
  return { low: ends[0], high: ends[1] };
}

/** The newest attribution, for pictures; ask before it is learned. */
export function pastAttribution(
  known: Pick<PastAttribution, "model" | "at" | "names">,
  memory: ModelMemory,
): PastAttribution {
  const bands = known.names.map((_, slot) => bandInShares(memory, slot, known.at));
  return {
    ...known,
    shares: floats(sharesOf(memory).after),
    low: floats(bands.map(({ low }) => low)),
    high: floats(bands.map(({ high }) => high)),
  };
}

function floats(values: readonly (number | undefined)[]): Float32Array {
  return Float32Array.from(values, (value) => value ?? Number.NaN);
}
