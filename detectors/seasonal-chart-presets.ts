/** How the seasonal chart takes part in the presets: it judges shares. */
import type { PresetUses, Sensitivity } from "./preset.ts";

/**
 * Deviations of the residual's mean over 3, 10 and 30 attributions at which the chart's score is 1. Each sensitivity
 * has at least three times the false episodes of the next lower one, on streams that were not used for tuning.
 */
const thresholds: Readonly<Record<Sensitivity, readonly [number, number, number]>> = {
  low: [5.4, 4.75, 5.4],
  normal: [4.3, 3.8, 4.3],
  high: [3.9, 3.4, 3.9],
};

/** Least deviation of a share: 0.1 % of the total. Without a floor, near-constant features cause false alarms. */
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
