/** Selects the detectors that run: those of a preset, or one by its name. */
import type { DetectorType } from "../../../detectors/detector.ts";
import type { Preset, PresetUse, Sensitivity } from "../../../detectors/preset.ts";
import { DetectionError } from "../errors.ts";
import { settingsHash } from "../event-id.ts";
import { type DetectorUse, defaultDecision } from "../settings.ts";

export interface DetectorChoice {
  /** Default standard. */
  readonly preset?: Preset | undefined;
  /** Has no meaning for `plain`. Default normal. */
  readonly sensitivity?: Sensitivity | undefined;
}

/**
 * The detectors of the registry that take part in a preset, deciding ones before advisory ones.
 *
 * @param types the registry
 */
export function detectorSet(
  types: readonly DetectorType<unknown>[],
  { preset = "standard", sensitivity = "normal" }: DetectorChoice,
): readonly DetectorUse[] {
  const gracePeriod = defaultDecision.provisional;
  const uses = types.flatMap((type): DetectorUse[] => {
    const useAt = (at: Sensitivity): PresetUse | undefined =>
      type.presets?.[preset]?.({ sensitivity: at, gracePeriod });
    const use = useAt(sensitivity);
    if (use === undefined) return [];
    const paramsOf = (at: Sensitivity): unknown => type.params.parse(useAt(at)?.params);
    const paramsAt = {
      low: paramsOf("low"),
      normal: paramsOf("normal"),
      high: paramsOf("high"),
    };
    const params = paramsAt[sensitivity];
    // A detector that ignores sensitivity stays one object, and keeps its score of the whole vector.
    const hash = settingsHash(params);
    const isFixed = Object.values(paramsAt).every((other) => settingsHash(other) === hash);
    return [{ ...use, type, params, ...(!isFixed && { paramsAt }) }];
  });
  return uses.toSorted((a, b) => Number(b.deciding) - Number(a.deciding));
}

/** @throws DetectionError DW_DETECTION_UNKNOWN_DETECTOR, with the names of all detectors */
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
