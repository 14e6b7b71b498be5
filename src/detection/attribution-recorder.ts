/** The port to a recorder of past values and bands, for charts. Declared here because detection knows them. */
import type { ModelKey } from "../model-key.ts";

/** One attribution as it was judged, in shares of the model's attention, by the place of the name. */
export interface PastAttribution {
  readonly model: ModelKey;
  /** Microseconds since 1970. */
  readonly at: number;
  readonly names: readonly string[];
  /** NaN where a feature is absent. */
  readonly shares: Float32Array;
  /** The band in which each was expected, before it was learned; NaN where there is none yet. */
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** By deciding detectors and rules, 1.0 is the boundary; undefined while they warm up. */
  readonly score: number | undefined;
}

export interface AttributionRecorder {
  take(past: PastAttribution): void;
}
