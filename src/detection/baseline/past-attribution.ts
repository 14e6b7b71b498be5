/** The newest attribution, as charts show it. */

import type { PastAttribution } from "../attribution-recorder.ts";
import { attentionNow, expectedAttention, type JudgedAttribution } from "./attention.ts";

/** Call it before the attribution is learned. */
export function pastAttribution(
  known: Pick<PastAttribution, "model" | "at" | "names" | "score">,
  judged: JudgedAttribution,
): PastAttribution {
  const bands = known.names.map((_, slot) => expectedAttention(judged, { slot, at: known.at }));
  return {
    ...known,
    shares: floats(attentionNow(judged)),
    low: floats(bands.map(({ low }) => low)),
    high: floats(bands.map(({ high }) => high)),
  };
}

function floats(values: readonly (number | undefined)[]): Float32Array {
  return Float32Array.from(values, (value) => value ?? Number.NaN);
}
