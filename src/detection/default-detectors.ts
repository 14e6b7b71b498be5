/** Which detectors there are and which of them judge: the two presets, and the one dial people turn. */
import type { DetectorType } from "../../detectors/detector.ts";
import { DetectionError } from "./errors.ts";
import { type DetectorUse, defaultDecision } from "./settings.ts";

export const sensitivities = ["low", "normal", "high"] as const;
export type Sensitivity = (typeof sensitivities)[number];

export const presets = ["standard", "plain"] as const;
export type Preset = (typeof presets)[number];

/** Deviations of the residual's mean over 3, 10 and 30 attributions at which the chart's score is 1. */
const thresholds: Readonly<Record<Sensitivity, readonly [number, number, number]>> = {
  low: [4.7, 4.2, 4.7],
  normal: [4.3, 3.8, 4.3],
  high: [3.9, 3.4, 3.9],
};

/** Deviations that a value beyond its known range must be away from its mean. */
const farEnough: Readonly<Record<Sensitivity, number>> = { low: 5, normal: 4, high: 0 };

/** Values a feature that the rolling z-score keeps as a witness: its window is most of its memory. */
const witnessWindow = 40;

/** Least deviation of a share that counts: 0.1 % of the total. Without floors near-constant features cry wolf. */
const shareFloor = 0.001;
const relativeFloor = 0.0125;
/** Shares well above it count by their square root: the noise of an importance grows with it. */
const linearBelow = 0.005;

/** River's score from which a vector counts as anomalous. */
const plainBoundary = 0.8;

export interface DetectorChoice {
  /** Default standard. */
  readonly preset?: Preset | undefined;
  /** Has no meaning for `plain`. Default normal. */
  readonly sensitivity?: Sensitivity | undefined;
}

/**
 * @param types the registry
 * @throws DetectionError DW_DETECTION_UNKNOWN_DETECTOR when the registry lacks one of them
 */
export function detectorSet(
  types: readonly DetectorType<unknown>[],
  { preset, sensitivity = "normal" }: DetectorChoice,
): readonly DetectorUse[] {
  return preset === "plain" ? plainDetectorSet(types) : defaultDetectorSet(types, { sensitivity });
}

/**
 * Parts of a whole are judged by the seasonal chart, values in their own units by the range watch; the rolling z-score
 * and half-space trees stand beside them as witnesses.
 *
 * @param types the registry
 * @throws DetectionError DW_DETECTION_UNKNOWN_DETECTOR when the registry lacks one of them
 */
export function defaultDetectorSet(
  types: readonly DetectorType<unknown>[],
  { sensitivity }: { readonly sensitivity: Sensitivity },
): readonly DetectorUse[] {
  const use = (name: string, params: object): DetectorUse => witness(types, name, params);
  const chart = {
    grace_period: defaultDecision.provisional,
    thresholds: thresholds[sensitivity],
    abs_floor: shareFloor,
    rel_floor: relativeFloor,
    linear_below: linearBelow,
  };
  return [
    { ...use("seasonal-chart", chart), judge: true, only: "parts" },
    {
      ...use("range-watch", { z: farEnough[sensitivity] }),
      judge: true,
      only: "raw",
      atOnce: true,
    },
    {
      ...use("rolling-z-score", {
        window_size: witnessWindow,
        grace_period: defaultDecision.provisional,
      }),
      standsIn: true,
    },
    use("half-space-trees", {}),
  ];
}

/** The plain rule and half-space trees alone, with the thresholds of the textbook. */
function plainDetectorSet(types: readonly DetectorType<unknown>[]): readonly DetectorUse[] {
  return [
    { ...witness(types, "rolling-z-score", {}), judge: true },
    {
      ...witness(types, "half-space-trees", { calibrate: false }),
      judge: true,
      boundary: plainBoundary,
    },
  ];
}

function witness(
  types: readonly DetectorType<unknown>[],
  name: string,
  params: object,
): DetectorUse {
  const type = detectorNamed(types, name);
  return { type, params: type.params.parse(params), judge: false };
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
