/** How the seasonal chart takes part in the presets: it judges shares. */
import type { PresetUses, Sensitivity } from "./preset.ts";

/**
 * Deviations of the residual's mean over 3, 10 and 30 attributions at which the chart's score is 1. One position of the
 * dial has at least three times the false episodes of the next quieter one, on streams that nobody had seen.
 */
const thresholds: Readonly<Record<Sensitivity, readonly [number, number, number]>> = {
  low: [5.4, 4.75, 5.4],
  normal: [4.3, 3.8, 4.3],
  high: [3.9, 3.4, 3.9],
};

/** Least deviation of a share that counts: 0.1 % of the total. Without floors near-constant features cry wolf. */
const shareFloor = 0.001;
const relativeFloor = 0.0125;
/** Shares well above it count by their square root: the noise of an importance grows with it. */
const linearThreshold = 0.005;

export const seasonalChartPresets: PresetUses = {
  standard: ({ sensitivity, gracePeriod }) => ({
    deciding: true,
    only: "parts",
    params: {
      grace_period: gracePeriod,
      thresholds: thresholds[sensitivity],
      abs_floor: shareFloor,
      rel_floor: relativeFloor,
      linear_below: linearThreshold,
    },
  }),
};
