import { describe, expect, it } from "vitest";
import { seasonalChart } from "../../../detectors/seasonal-chart.ts";
import { chartBytes, upgradeChart } from "../../../detectors/stats/chart-layout.ts";
import { pythonRandom } from "../../../detectors/stats/mt19937.ts";
import { SeasonalProfile } from "../../../detectors/stats/seasonal-profile.ts";
import { WeeklyHours } from "../../../detectors/stats/weekly-hours.ts";
import { freshDetector } from "../fresh-detector.ts";

const nFeatures = 4;
const profile = SeasonalProfile.bytes(nFeatures);
const at = Date.UTC(2026, 0, 5) * 1000;

/** Numbers a feature in version 2: count, level, deviation, three means and their deviations. */
const stride = 9;

/** What version 2 left of features that stood at 10, 20, … with a deviation of 1, 50 times. */
function versionTwo(): Uint8Array {
  const bytes = new Uint8Array(8 + profile + Math.ceil((nFeatures * stride) / 2) * 8);
  const series = new Float32Array(bytes.buffer, 8 + profile, nFeatures * stride);
  for (let slot = 0; slot < nFeatures; slot++)
    series.set([50, 10 * (slot + 1), 1, 0, 0, 0, 1, 0.5, 0.3], slot * stride);
  return bytes;
}

const shapeOf = (given: object): unknown =>
  seasonalChart.shapedBy?.(seasonalChart.params.parse(given));

describe("a seasonal chart of version 2 (FR-U2)", () => {
  it("judges by the levels and deviations it had learned from the first vector after the upgrade on", () => {
    const to = { nFeatures, bytes: new Uint8Array(chartBytes(nFeatures)) };
    expect(upgradeChart({ nFeatures, bytes: versionTwo(), version: 2 }, to)).toBe(true);
    const params = seasonalChart.params.parse({});
    const chart = seasonalChart.create(params, to);
    const band = chart.band(2, at);
    expect(band).toMatchObject({ expected: 30, n: 50 });
    expect([band?.low, band?.high].map((end) => Math.round(end ?? 0))).toEqual([25, 35]);
    const scores = new Float64Array(nFeatures);
    chart.scoreOne(Float64Array.of(10, 20, 40, 40), scores, at);
    expect(scores[2]).toBeGreaterThan(1);
    expect(scores[0]).toBe(0);
  });

  it("learns on from there as if it had always been this version", () => {
    const to = { nFeatures, bytes: new Uint8Array(chartBytes(nFeatures)) };
    upgradeChart({ nFeatures, bytes: versionTwo(), version: 2 }, to);
    const chart = seasonalChart.create(seasonalChart.params.parse({}), to);
    for (let i = 0; i < 50; i++) chart.learnOne(Float64Array.of(10, 20, 30, 40), at + i * 6e8);
    expect(chart.band(0, at)).toMatchObject({ expected: 10, n: 100 });
    expect(chart.band(3, at)?.high).toBeLessThan(45);
  });

  it("is not taken over when its bytes are not those of version 2", () => {
    const to = { nFeatures, bytes: new Uint8Array(chartBytes(nFeatures)) };
    const bytes = versionTwo();
    expect(upgradeChart({ nFeatures, bytes: bytes.subarray(8), version: 2 }, to)).toBe(false);
    expect(upgradeChart({ nFeatures, bytes, version: 1 }, to)).toBe(false);
    expect(to.bytes.every((byte) => byte === 0)).toBe(true);
  });

  it("keeps its state when thresholds change, but not when values are scaled otherwise", () => {
    expect(shapeOf({ thresholds: [3, 3, 3] })).toEqual(shapeOf({}));
    expect(shapeOf({ linear_below: 0.1 })).not.toEqual(shapeOf({}));
  });
});

describe("a seasonal chart of version 3 (FR-U2)", () => {
  /** Version 3 ended before the hours of the week. */
  const bytesOf3 = chartBytes(nFeatures) - WeeklyHours.bytes(nFeatures);

  it("judges after the upgrade exactly as before", () => {
    const { detector: before, state } = freshDetector(seasonalChart, nFeatures, {});
    const random = pythonRandom(3);
    for (let i = 0; i < 400; i++)
      before.learnOne(
        Float64Array.of(10, 20, 30, 40).map((x) => x + random()),
        at + i * 6e8,
      );
    const bytes = state.bytes.slice(0, bytesOf3);
    const to = { nFeatures, bytes: new Uint8Array(chartBytes(nFeatures)) };
    expect(upgradeChart({ nFeatures, bytes, version: 3 }, to)).toBe(true);
    const after = seasonalChart.create(seasonalChart.params.parse({}), to);
    const [one, other] = [new Float64Array(nFeatures), new Float64Array(nFeatures)];
    const x = Float64Array.of(11, 20, 33, 40);
    expect(after.scoreOne(x, one, at + 4e11)).toBe(before.scoreOne(x, other, at + 4e11));
    expect(one).toEqual(other);
    expect(one[2]).toBeGreaterThan(1);
  });

  it("is not taken over when its bytes are not those of version 3", () => {
    const to = { nFeatures, bytes: new Uint8Array(chartBytes(nFeatures)) };
    const bytes = new Uint8Array(bytesOf3 - 8).fill(1);
    expect(upgradeChart({ nFeatures, bytes, version: 3 }, to)).toBe(false);
    expect(to.bytes.every((byte) => byte === 0)).toBe(true);
  });
});
