/** Builds detectors for tests: defaults where nothing else is said, and bytes that the test can look at. */
import type { Detector, DetectorState, DetectorType } from "../../detectors/detector.ts";

export interface FreshDetector {
  readonly detector: Detector;
  readonly state: DetectorState;
}

export function freshDetector<Params>(
  type: DetectorType<Params>,
  nFeatures: number,
  settings: object = {},
): FreshDetector {
  const params = type.params.parse(settings);
  const state = { nFeatures, bytes: new Uint8Array(type.stateBytes(params, nFeatures)) };
  return { detector: type.create(params, state), state };
}

/** Scores the vector, then learns it; the scores of the features are thrown away. */
export function scoreThenLearn(
  detector: Detector,
  values: readonly number[],
  at?: number,
): number | undefined {
  const x = Float64Array.from(values);
  const score = detector.scoreOne(x, new Float64Array(x.length), at);
  detector.learnOne(x, at);
  return score;
}
