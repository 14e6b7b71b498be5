/** The registry of detectors: one line each. Only app.ts imports it. */
import type { DetectorType } from "./detector.ts";
import { halfSpaceTrees } from "./half-space-trees.ts";
import { rangeWatch } from "./range-watch.ts";
import { rollingZScore } from "./rolling-z-score.ts";
import { seasonalChart } from "./seasonal-chart.ts";

/** Every detector, in the order of output. */
export const detectorTypes: readonly DetectorType<unknown>[] = [
  rollingZScore,
  halfSpaceTrees,
  seasonalChart,
  rangeWatch,
];
