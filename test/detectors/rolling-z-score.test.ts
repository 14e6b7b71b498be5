import { fc, it } from "@fast-check/vitest";
import { mean, sampleCorrelation, sampleStandardDeviation } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { rollingZScore } from "../../detectors/rolling-z-score.ts";
import { freshDetector, scoreThenLearn } from "./fresh-detector.ts";

const learnedAll = (values: readonly number[], settings: object) => {
  const { detector } = freshDetector(rollingZScore, 1, settings);
  for (const value of values) scoreThenLearn(detector, [value]);
  return detector;
};

/** Widest gap between the values of the last two windows, which bounds the rounding of the deltas. */
const gap = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

/** Mean of the values and one floored deviation above it, by simple-statistics. */
function bandAnew(values: readonly number[]): { expected: number; high: number } {
  const expected = mean([...values]);
  const floor = Math.max(1e-12, 1e-6 * Math.abs(expected));
  const deviation = values.length < 2 ? 0 : sampleStandardDeviation([...values]);
  return { expected, high: expected + Math.max(deviation, floor) };
}

const values = fc.array(
  fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(0, 1, 1e3, -1e6, 1e9)),
  { minLength: 30, maxLength: 200 },
);

describe("rollingZScore", () => {
  test("gives the numbers of its example", () => {
    const detector = learnedAll([1, 2, 3, 4, 5], { grace_period: 4 });
    expect(detector.scoreOne(Float64Array.of(9), new Float64Array(1))).toBe(1.2649110640673518);
    const reach = 3 * sampleStandardDeviation([1, 2, 3, 4, 5]);
    expect(detector.band(0)).toEqual({ expected: 3, low: 3 - reach, high: 3 + reach, n: 5 });
  });

  it.prop([values, fc.integer({ min: 2, max: 40 }), fc.constantFrom(0, 1, -1000, 1e6)])(
    "agrees with the mean and deviation of the window computed anew",
    (stream, window, offset) => {
      const { detector } = freshDetector(rollingZScore, 1, { window_size: window, threshold: 1 });
      const seen: number[] = [];
      for (const value of stream) {
        seen.push(value + offset);
        scoreThenLearn(detector, [value + offset]);
        const band = detector.band(0) ?? { ...bandAnew(seen), n: seen.length };
        const anew = bandAnew(seen.slice(-band.n));
        const rounding = gap(seen.slice(-2 * window - 1)) * 2 ** -22 + Math.abs(offset) * 1e-12;
        const difference = band.high - band.expected - (anew.high - anew.expected);
        expect(Math.abs(band.expected - anew.expected)).toBeLessThanOrEqual(rounding + 1e-18);
        expect(Math.abs(difference)).toBeLessThanOrEqual(rounding + 1e-18);
      }
    },
  );

  test("scores each feature by itself and the vector by the highest", () => {
    const { detector } = freshDetector(rollingZScore, 3, { grace_period: 4 });
    for (const value of [1, 2, 3, 4, 5]) scoreThenLearn(detector, [value, -value, Number.NaN]);
    const featureScores = new Float64Array(3);
    const score = detector.scoreOne(Float64Array.of(3, 3, 3), featureScores);
    expect([...featureScores]).toEqual([0, 1.2649110640673518, Number.NaN]);
    expect(score).toBe(1.2649110640673518);
  });

  test("neither scores nor learns an absent feature", () => {
    const { detector, state } = freshDetector(rollingZScore, 1);
    for (let row = 0; row < 50; row++) scoreThenLearn(detector, [row]);
    const before = state.bytes.slice();
    expect(scoreThenLearn(detector, [Number.NaN])).toBeUndefined();
    expect(state.bytes).toEqual(before);
  });

  test.each([1, 150, 199, 200])("alarms for nothing but the absurd value in row %d", (row) => {
    const wave = Array.from({ length: 500 }, (_, each) => Math.sin(each));
    wave[row] = 1e300;
    const { detector } = freshDetector(rollingZScore, 1);
    const scores = wave.map((value) => scoreThenLearn(detector, [value]));
    expect(scores.filter((score, each) => each !== row && (score ?? 0) >= 1)).toEqual([]);
    const lately = wave.slice(-100);
    const band = detector.band(0);
    expect(band?.expected).toBeCloseTo(mean(lately), 6);
    expect(band?.high).toBeCloseTo(mean(lately) + 3 * sampleStandardDeviation(lately), 5);
  });

  test("is sharp again after two windows when its very first value was absurd", () => {
    const wave = Array.from({ length: 220 }, (_, row) => (row === 0 ? 1e300 : Math.sin(row)));
    expect(learnedAll(wave, {}).band(0)?.expected).toBeCloseTo(mean(wave.slice(-100)), 6);
  });

  test("keeps its whole window when a series moves to another level for good", () => {
    const steps = Array.from({ length: 400 }, (_, row) => (row < 200 ? 1e4 : 0) + Math.sin(row));
    expect(learnedAll(steps, {}).band(0)?.n).toBe(100);
  });

  test("caps the score at a million", () => {
    const detector = learnedAll(Array<number>(30).fill(0), {});
    expect(detector.scoreOne(Float64Array.of(1e300), new Float64Array(1))).toBe(1e6);
  });

  test("scores with a full window that is smaller than the grace period", () => {
    const detector = learnedAll([1, 2, 3, 4], { window_size: 4 });
    expect(detector.band(0)?.n).toBe(4);
  });

  test("keeps 428 bytes a feature at its defaults", () => {
    expect(rollingZScore.stateBytes(rollingZScore.params.parse({}), 50)).toBe(50 * 428);
  });

  test("says how strongly two features move together, as a batch computation over the window does", () => {
    const { detector } = freshDetector(rollingZScore, 3, { window_size: 40 });
    const rows = Array.from({ length: 150 }, (_, i) => [
      Math.sin(i),
      1000 + 3 * Math.sin(i) + Math.sin(7 * i * i),
      Math.cos(11 * i * i),
    ]);
    for (const row of rows) detector.learnOne(Float64Array.from(row));
    const column = (k: number) => rows.slice(-40).map((row) => row[k]!);
    expect(detector.together?.(0, 1)).toBeCloseTo(sampleCorrelation(column(0), column(1)), 4);
    expect(detector.together?.(0, 2)).toBeCloseTo(sampleCorrelation(column(0), column(2)), 4);
  });

  test("does not say whether features move together that did not come together", () => {
    const { detector } = freshDetector(rollingZScore, 2);
    for (let i = 0; i < 50; i++) {
      detector.learnOne(Float64Array.of(Math.sin(i), i % 9 === 0 ? Number.NaN : Math.sin(i)));
    }
    expect(detector.together?.(0, 1)).toBeUndefined();
  });
});
