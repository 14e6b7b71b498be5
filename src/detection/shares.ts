/** The present and the expected shares of a model's features. */
import type { Band } from "../../detectors/detector.ts";
import type { PastAttribution } from "./attribution-recorder.ts";
import type { BlamedFeature } from "./event.ts";
import { expectedBand, explained, type Judged } from "./expectation.ts";
import type { ModelMemory } from "./memory.ts";
import type { Shares } from "./ranking.ts";
import type { Scratch } from "./scratch.ts";
import { expectedTotal } from "./transform.ts";

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

type BandInShares = Pick<BlamedFeature, "low" | "high">;

const noBand: BandInShares = { low: undefined, high: undefined };

/** The band that a feature beyond its boundary crossed, else the one in which it was expected. */
export function crossedBand(
  memory: ModelMemory,
  scratch: Pick<Scratch, "y" | "scores">,
  judged: Judged,
): BandInShares {
  const said = explained(memory, scratch, judged);
  // Deviations and frequencies are no shares.
  if (said !== undefined && said.unit !== "value") return noBand;
  return inShares(memory, said ?? expectedBand(memory, judged));
}

function inShares(memory: ModelMemory, band: Band | undefined): BandInShares {
  if (band === undefined) return noBand;
  const unit = expectedTotal(memory) || 1;
  const ends = [band.low / unit, band.high / unit].map((end) => Math.max(end, 0));
  return { low: ends[0], high: ends[1] };
}

/** The newest attribution, for pictures; ask before it is learned. */
export function pastAttribution(
  known: Pick<PastAttribution, "model" | "at" | "names">,
  memory: ModelMemory,
): PastAttribution {
  const bands = known.names.map((_, slot) =>
    inShares(memory, expectedBand(memory, { slot, at: known.at })),
  );
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
