/** Records every model's shares, expected bands and scores over time, for charts. */
import type { AttributionRecorder, PastAttribution } from "../../detection/attribution-recorder.ts";
import type { ModelKey } from "../../model-key.ts";

/** One feature over time: a value for each attribution, NaN where there is none. */
export interface FeatureHistory {
  readonly share: Float32Array;
  /** Expected band. */
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** One model over time. */
export interface ShareHistory {
  /** Times of the attributions, ascending, microseconds since 1970. */
  readonly times: readonly number[];
  /** Highest score by deciding detectors and rules, 1.0 is the boundary; NaN while they warm up. */
  readonly scores: Float32Array;
  readonly features: ReadonlyMap<string, FeatureHistory>;
}

/** Memory: 12 bytes a row, and some more an attribution. */
export class ShareRecorder implements AttributionRecorder {
  readonly #models = new Map<ModelKey, PastAttribution[]>();

  take(past: PastAttribution): void {
    const all = this.#models.get(past.model);
    if (all === undefined) this.#models.set(past.model, [past]);
    else all.push(past);
  }

  models(): readonly ModelKey[] {
    return [...this.#models.keys()];
  }

  historyOf(model: ModelKey): ShareHistory {
    const past = this.#models.get(model) ?? [];
    const features = new Map<string, FeatureHistory>();
    const empty = (): Float32Array => new Float32Array(past.length).fill(Number.NaN);
    for (const [i, { names, shares, low, high }] of past.entries()) {
      for (const [slot, name] of names.entries()) {
        const one = features.get(name) ?? { share: empty(), low: empty(), high: empty() };
        features.set(name, one);
        one.share[i] = shares[slot]!;
        one.low[i] = low[slot]!;
        one.high[i] = high[slot]!;
      }
    }
    const scores = Float32Array.from(past, ({ score }) => score ?? Number.NaN);
    return { times: past.map(({ at }) => at), scores, features };
  }
}
