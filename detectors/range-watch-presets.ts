/** How the range watch takes part in the presets: it judges values in their own units. */
import type { PresetUses, Sensitivity } from "./preset.ts";

/** Deviations that a value beyond its known range must be away from its mean. */
const farEnough: Readonly<Record<Sensitivity, number>> = { low: 5, normal: 4, high: 0 };
/** Usual excesses over the range that such a value must have at least. */
const unusual: Readonly<Record<Sensitivity, number>> = { low: 3, normal: 3, high: 0 };

export const presets: PresetUses = {
  standard: ({ sensitivity }) => ({
    deciding: true,
    only: "raw",
    atOnce: true,
    params: { z: farEnough[sensitivity], excess: unusual[sensitivity] },
  }),
};
