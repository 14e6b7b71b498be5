/**
 * A control chart: scores how far, and for how long, a feature has differed from its slow level and the hour's seasonal
 * offset.
 */
import type { DetectorType } from "./detector.ts";
import { seasonalChartPresets } from "./seasonal-chart-presets.ts";
import { chartBytes, growChart, upgradeChart } from "./stats/chart-layout.ts";
import { params, type SeasonalChartParams } from "./stats/chart-settings.ts";
import { ResidualChart } from "./stats/residual-chart.ts";

/**
 * Scores a feature by the means of its residuals over 3, 10 and 30 vectors, each against its own deviation.
 *
 * It sees jumps within two vectors, and small lasting shifts within ten or thirty. It does not alarm at daily seasons
 * and weekends. A single vector crosses the boundary only beyond 5 deviations. It fails on slow ramps (the level
 * follows), on series without a level (random walks), and on seasons of other lengths; in the first days, before the
 * hours have been visited, a strong season widens the deviations and hides small changes.
 *
 * expected = level + seasonal offset of the hour, kept apart for weekdays and weekends, and weighted by n/(n + 2) after
 * n visits. residual = distance of the value from it on the scale of √(|x| + linear_below), in its own unit, over the
 * hour's noise, clipped at 5 deviations. The hour's noise is a factor that all features share: at night, fewer rows
 * determine each feature.
 *
 * score = max over the spans of |mean residual| / √(variance + 0.4·floor²) / threshold / doubt, with floor =
 * max(abs_floor, rel_floor·|expected|) and doubt = 1 + 0.15·(1 − belief in the hour); and at least the residual itself,
 * unclipped, over 5 deviations, so that the largest change is blamed first. Deviations learn half as fast at an hour
 * that is not known. Warm-up: undefined until a feature has `grace_period` observations.
 *
 * Of 3 to 128 features each is also judged given all others: u_i = (Ωz)_i / Ω_ii with Ω the shrunk inverse covariance
 * of the standardised residuals z, by the means of u over the same spans, at `given_others` times the thresholds. This
 * sees small changes that the noise of the whole vector hides, from the 160th vector on.
 *
 * Up to twelve single hours of the week are also remembered, see {@link WeeklyHours}.
 *
 * While vectors are skipped, as during an episode, nothing is learned: only the moving means are updated. Only spans up
 * to the shortest one that was beyond its boundary are scored. Otherwise the slow mean over 30 vectors would keep the
 * episode open long after the fault is gone.
 *
 * Time: about 60 ns a feature to score and learn, and n²·2 ns for the covariance of n. Memory a feature: 44 bytes,
 * profile and weekly hours, 284 in all; and 28 + 4·n bytes for the covariance of n features.
 *
 * Source: exponentially weighted moving average chart, Roberts 1959, Technometrics 1(3); regression-adjusted
 * variables, Hawkins 1991, Technometrics 33(1); floors, spans and thresholds were chosen
 * on labelled streams of importances.
 *
 * @example
 * // {grace_period: 4, abs_floor: 1}; learned 10 eight times: level 10, the deviation is the floor
 * // scoreOne(13) === 0.6, a residual of 3 over 5 floors
 */
export const seasonalChart: DetectorType<SeasonalChartParams> = {
  name: "seasonal-chart",
  version: 4,
  params,
  presets: seasonalChartPresets,
  stateBytes: (_, nFeatures) => chartBytes(nFeatures),
  create: (settings, state) => new ResidualChart(settings, state),
  grow: growChart,
  // Thresholds and floors are used only to judge. What is learned stays valid when they change.
  shapedBy: ({ linear_below }) => ({ linear_below }),
  upgrade: upgradeChart,
};
