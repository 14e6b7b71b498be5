/** How the range watch takes part in the presets: it judges values in their own units. */
import type { PresetUses, Sensitivity } from "./preset.ts";

/** Least distance of an alarming value from its mean, in deviations. The value is beyond its known range. */
const farEnough: Readonly<Record<Sensitivity, number>> = { low: 5, normal: 4, high: 0 };
/** Least excess of an alarming value over its range, in units of the usual excess. */
const unusual: Readonly<Record<Sensitivity, number>> = { low: 3, normal: 3, high: 0 };

export const presets: PresetUses = {
  standard: ({ sensitivity }) => ({
    deciding: true,
    only: "raw",
    atOnce: true,
    params: { z: farEnough[sensitivity], excess: unusual[sensitivity] },
  }),
};
