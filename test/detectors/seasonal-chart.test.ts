import { describe, expect, test } from "vitest";
import { seasonalChart } from "../../detectors/seasonal-chart.ts";
import { pythonRandom } from "../../detectors/stats/mt19937.ts";
import { freshDetector } from "./fresh-detector.ts";

const minute = 60_000_000;
const cadence = 10 * minute;
/** A Monday. */
const start = Date.UTC(2026, 0, 5) * 1000;
const day = 144;

const scoreOf = (detector: ReturnType<typeof charted>, value: number, at?: number) =>
  detector.scoreOne(Float64Array.of(value), new Float64Array(1), at);

function charted(length: number, valueOf: (i: number) => number, settings = {}) {
  const { detector } = freshDetector(seasonalChart, 1, settings);
  for (let i = 0; i < length; i++) {
    detector.learnOne(Float64Array.of(valueOf(i)), start + i * cadence);
  }
  return detector;
}

function noisy(seed: number): (i: number) => number {
  const random = pythonRandom(seed);
  return () => 10 + random() + random() + random() - 1.5;
}

describe("seasonalChart", () => {
  test("gives the numbers of its example", () => {
    const detector = charted(8, () => 10, { grace_period: 4, abs_floor: 1 });
    expect(scoreOf(detector, 13)).toBeCloseTo(0.6, 12);
    const band = detector.band(0);
    expect(band).toMatchObject({ expected: 10, n: 8 });
    expect(band?.low).toBeCloseTo(5, 9);
    expect(band?.high).toBeCloseTo(15, 9);
  });

  test("a fall to nothing is a larger change than a rise by as much, where noise grows with the level", () => {
    const detector = charted(500, noisy(5), { linear_below: 0.1, rel_floor: 0.1 });
    const at = start + 500 * cadence;
    expect(scoreOf(detector, 0, at)).toBeGreaterThan(1.5 * (scoreOf(detector, 20, at) ?? 0));
  });

  test("is less sure of an hour that it has not visited", () => {
    const detector = charted(day / 2, noisy(6));
    const known = scoreOf(detector, 11.5, start) ?? 0;
    const unknown = scoreOf(detector, 11.5, start + (day - 1) * cadence) ?? 0;
    expect(unknown).toBeLessThan(known);
  });

  test("sees a small lasting shift that no single vector shows", () => {
    const valueOf = noisy(1);
    const detector = charted(500, valueOf);
    const scores = Array.from({ length: 20 }, (_, i) => {
      const x = Float64Array.of(valueOf(500 + i) + 1);
      const score = detector.scoreOne(x, new Float64Array(1), start + (500 + i) * cadence) ?? 0;
      detector.skipOne?.(x, start + (500 + i) * cadence);
      return score;
    });
    expect(scores[0]).toBeLessThan(1);
    expect(Math.max(...scores)).toBeGreaterThan(1);
  });

  test("expects at each hour what the hour has shown, once it has been visited often", () => {
    const noise = noisy(2);
    const wave = (i: number): number => noise(i) + (i % day < day / 2 ? 0 : 5);
    const detector = charted(14 * day, wave);
    const night = detector.band(0, start + 14 * day * cadence);
    const noon = detector.band(0, start + (14 * day + day / 2) * cadence);
    expect(noon!.expected - night!.expected).toBeGreaterThan(4);
    expect(scoreOf(detector, 10, start + (14 * day + day / 2) * cadence)).toBeGreaterThan(1);
    expect(scoreOf(detector, 10, start + 14 * day * cadence)).toBeLessThan(0.5);
  });

  test("does not mind that the day begins an hour earlier in summer", () => {
    const noise = noisy(3);
    const shifted = 14 * day;
    const wave = (i: number): number =>
      noise(i) + Math.sin((2 * Math.PI * (i + (i > shifted ? 6 : 0))) / day);
    const detector = charted(shifted, wave);
    const scores = Array.from({ length: day }, (_, i) => {
      const score = scoreOf(detector, wave(shifted + i), start + (shifted + i) * cadence) ?? 0;
      detector.learnOne(Float64Array.of(wave(shifted + i)), start + (shifted + i) * cadence);
      return score;
    });
    expect(Math.max(...scores)).toBeLessThan(1);
  });

  test("is calm again at the second normal vector after a strong change", () => {
    const valueOf = noisy(4);
    const detector = charted(500, valueOf);
    for (let i = 0; i < 20; i++) detector.skipOne?.(Float64Array.of(30), start + 500 * cadence);
    for (let i = 0; i < 2; i++)
      detector.skipOne?.(Float64Array.of(valueOf(i)), start + 500 * cadence);
    expect(scoreOf(detector, valueOf(0), start + 500 * cadence)).toBeLessThan(0.8);
  });
});
