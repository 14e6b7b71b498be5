/** The detectors that are always on, and the one dial people turn. */
import type { DetectorType } from "../../detectors/detector.ts";
import { DetectionError } from "./errors.ts";
import type { DetectorUse } from "./settings.ts";

export type Sensitivity = "low" | "normal" | "high";

/** Standard deviations at which the judge's score is 1. */
const thresholds: Readonly<Record<Sensitivity, number>> = { low: 6, normal: 5, high: 4 };

/** Least deviation of a share that counts: 0.2 % of the total. Without floors near-constant features cry wolf. */
const shareFloor = 0.002;
const relativeFloor = 0.025;

/**
 * The rolling z-score judges, half-space trees stand beside it as a witness.
 *
 * @param types the registry
 * @throws DetectionError DW_DETECTION_UNKNOWN_DETECTOR when the registry lacks one of them
 */
export function defaultDetectorSet(
  types: readonly DetectorType<unknown>[],
  { sensitivity }: { readonly sensitivity: Sensitivity },
): readonly DetectorUse[] {
  const judge = detectorNamed(types, "rolling-z-score");
  const witness = detectorNamed(types, "half-space-trees");
  const settings = { threshold: thresholds[sensitivity], rel_floor: relativeFloor };
  return [
    {
      type: judge,
      params: judge.params.parse({ ...settings, abs_floor: shareFloor }),
      rawParams: judge.params.parse(settings),
      judge: true,
    },
    { type: witness, params: witness.params.parse({}), judge: false },
  ];
}

/** @throws DetectionError DW_DETECTION_UNKNOWN_DETECTOR, naming those there are */
export function detectorNamed(
  types: readonly DetectorType<unknown>[],
  name: string,
): DetectorType<unknown> {
  const found = types.find((type) => type.name === name);
  if (found !== undefined) return found;
  throw new DetectionError("DW_DETECTION_UNKNOWN_DETECTOR", `there is no detector ${name}`, {
    hint: `Use one of: ${types.map((type) => type.name).join(", ")}.`,
  });
}
