/** The layout of a seasonal chart's state: where each number is in its bytes. */
import type { DetectorState, OlderState } from "../detector.ts";
import type { SeasonalChartParams } from "./chart-settings.ts";
import { ConditionalChart } from "./conditional-chart.ts";
import { HourlyNoise } from "./hourly-noise.ts";
import { MEANS_WIDTH, SPANS, squaredLimits } from "./residual-means.ts";
import { SeasonalProfile } from "./seasonal-profile.ts";
import { SPARSE_WIDTH } from "./sparse.ts";
import { WeeklyHours } from "./weekly-hours.ts";

/** Places of a feature's numbers. */
export const COUNT = 0;
export const LEVEL = 1;
export const DEVIATION = 2;
export const MEANS = 3;
export const DEVIATIONS = MEANS + SPANS;
export const FREQUENCIES = MEANS + MEANS_WIDTH;
export const STRIDE = FREQUENCIES + SPARSE_WIDTH;

/** Where the seasonal profile begins: after the number of spans that count (0: all) and the hourly noise. */
export const HELD_BYTES = 8 + HourlyNoise.bytes;
export const featuresAt = (nFeatures: number): number =>
  HELD_BYTES + SeasonalProfile.bytes(nFeatures);
const othersAt = (nFeatures: number): number =>
  featuresAt(nFeatures) + Math.ceil((nFeatures * STRIDE) / 2) * 8;
const weeklyAt = (nFeatures: number): number =>
  othersAt(nFeatures) + ConditionalChart.bytes(nFeatures);
/** Bytes of a chart with this many features, a multiple of 8. */
export const chartBytes = (nFeatures: number): number =>
  weeklyAt(nFeatures) + WeeklyHours.bytes(nFeatures);

/** The weekly hours of a chart with this many features. */
export const weeklyOf = ({ bytes, nFeatures }: DetectorState): WeeklyHours =>
  new WeeklyHours(bytes.subarray(weeklyAt(nFeatures)), nFeatures);

/** The comparison with the other features, of a chart with this many features. */
export function othersOf(
  settings: SeasonalChartParams,
  { bytes, nFeatures }: DetectorState,
): ConditionalChart {
  const { thresholds, given_others: factor, grace_period: grace } = settings;
  const limits = squaredLimits(thresholds, factor);
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
  SeasonalProfile.grow(before!, after!, [from.nFeatures, to.nFeatures]);
  const [known, place] = [featuresAt(from.nFeatures), featuresAt(to.nFeatures)];
  to.bytes.set(from.bytes.subarray(known, known + from.nFeatures * STRIDE * 4), place);
  othersOf(settings, to).copy(othersOf(settings, from));
  weeklyOf(to).copy(weeklyOf(from));
}

const floats = ({ buffer, byteOffset, length }: Uint8Array): Float32Array =>
  new Float32Array(buffer, byteOffset, length / 4);

/** Bytes before the seasonal profile, and numbers a feature, in version 2. */
const HELD_BYTES_2 = 8;
const STRIDE_2 = FREQUENCIES;

/** What each older version has learned is kept. */
export function upgradeChart(from: OlderState, to: DetectorState): boolean {
  if (from.version !== 3) return upgradeFrom2(from, to);
  // The bytes of version 3 are the same, but end where the hours of the week begin now.
  if (from.bytes.length !== weeklyAt(to.nFeatures)) return false;
  to.bytes.set(from.bytes);
  return true;
}

/**
 * Version 2 had neither the hour's noise, nor how often a feature is zero, nor a covariance. Levels, deviations and
 * seasonal offsets are kept. Every feature counts as dense until its frequency shows otherwise.
 */
function upgradeFrom2(from: OlderState, to: DetectorState): boolean {
  const { nFeatures } = to;
  const profile = SeasonalProfile.bytes(nFeatures);
  const seriesAt = HELD_BYTES_2 + profile;
  const bytes = seriesAt + Math.ceil((nFeatures * STRIDE_2) / 2) * 8;
  if (from.version !== 2 || from.bytes.length !== bytes) return false;
  const [old, now] = [floats(Uint8Array.from(from.bytes)), floats(to.bytes)];
  now[0] = old[0]!;
  to.bytes.set(from.bytes.subarray(HELD_BYTES_2, seriesAt), HELD_BYTES);
  for (let slot = 0; slot < nFeatures; slot++) {
    const at = featuresAt(nFeatures) / 4 + slot * STRIDE;
    const known = seriesAt / 4 + slot * STRIDE_2;
    now.set(old.subarray(known, known + STRIDE_2), at);
    now.fill(1, at + FREQUENCIES, at + FREQUENCIES + SPARSE_WIDTH);
    now[1] = Math.max(now[1]!, now[at + COUNT]!);
  }
  return true;
}
