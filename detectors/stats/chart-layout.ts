/** Where the numbers of a seasonal chart stand in its bytes. */
import type { DetectorState } from "../detector.ts";
import type { SeasonalChartParams } from "./chart-settings.ts";
import { ConditionalChart } from "./conditional-chart.ts";
import { Habits } from "./habits.ts";
import { HourlyNoise } from "./hourly-noise.ts";
import { MEANS_WIDTH, SPANS } from "./residual-means.ts";
import { SPARSE_WIDTH } from "./sparse.ts";

/** Places of a feature's numbers. */
export const COUNT = 0;
export const LEVEL = 1;
export const DEVIATION = 2;
export const MEANS = 3;
export const DEVIATIONS = MEANS + SPANS;
export const FREQUENCIES = MEANS + MEANS_WIDTH;
export const STRIDE = FREQUENCIES + SPARSE_WIDTH;

/** How many spans count (0: all), then the habits, then the features. */
export const HELD_BYTES = 8 + HourlyNoise.bytes;
export const featuresAt = (nFeatures: number): number => HELD_BYTES + Habits.bytes(nFeatures);
const othersAt = (nFeatures: number): number =>
  featuresAt(nFeatures) + Math.ceil((nFeatures * STRIDE) / 2) * 8;
/** Of so many features; a multiple of 8. */
export const chartBytes = (nFeatures: number): number =>
  othersAt(nFeatures) + ConditionalChart.bytes(nFeatures);
/** Of a chart with so many features. */
export function othersOf(
  settings: SeasonalChartParams,
  { bytes, nFeatures }: DetectorState,
): ConditionalChart {
  const { thresholds, given_others: factor, grace_period: grace } = settings;
  const limits = thresholds.map((one) => (one * factor) ** 2);
  return new ConditionalChart(bytes.subarray(othersAt(nFeatures)), nFeatures, { limits, grace });
}

/** Copies what is known into zeroed bytes for more features. */
export function growChart(
  settings: SeasonalChartParams,
  from: DetectorState,
  to: DetectorState,
): void {
  to.bytes.set(from.bytes.subarray(0, HELD_BYTES));
  const [before, after] = [from, to].map(({ bytes }) => bytes.subarray(HELD_BYTES));
  Habits.grow(before!, after!, [from.nFeatures, to.nFeatures]);
  const [known, place] = [featuresAt(from.nFeatures), featuresAt(to.nFeatures)];
  to.bytes.set(from.bytes.subarray(known, known + from.nFeatures * STRIDE * 4), place);
  othersOf(settings, to).copy(othersOf(settings, from));
}
