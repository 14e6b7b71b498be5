/** The port to a recorder of past values and bands, for charts. Detection declares it because it computes both. */
import type { ModelKey } from "../model-key.ts";

/** One attribution as it was judged, in shares of the model's attention. The arrays are in the order of `names`. */
export interface PastAttribution {
  readonly model: ModelKey;
  /** Microseconds since 1970. */
  readonly at: number;
  readonly names: readonly string[];
  /** NaN where a feature is absent. */
  readonly shares: Float32Array;
  /** Expected band of each feature, before the attribution was learned; NaN where there is none yet. */
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Highest score by deciding detectors and rules, 1.0 is the boundary; undefined while they warm up. */
  readonly score: number | undefined;
}

export interface AttributionRecorder {
  take(past: PastAttribution): void;
}
