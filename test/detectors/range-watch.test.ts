import { describe, expect, test } from "vitest";
import { rangeWatch } from "../../detectors/range-watch.ts";
import { freshDetector, scoreThenLearn } from "./fresh-detector.ts";

const hour = 3_600_000_000;
/** A Monday. */
const start = Date.UTC(2026, 0, 5) * 1000;

const peak = (i: number): number => (i % 24 === 12 ? 10 : 1) + (i % 7) / 10;

function alternating(rows: number, settings = {}) {
  const { detector } = freshDetector(rangeWatch, 1, settings);
  for (let i = 0; i < rows; i++) detector.learnOne(Float64Array.of(i % 2));
  return detector;
}

const scoreOf = (detector: ReturnType<typeof alternating>, value: number, at?: number) =>
  detector.scoreOne(Float64Array.of(value), new Float64Array(1), at) ?? Number.NaN;

describe("rangeWatch", () => {
  test("gives the numbers of its example", () => {
    const detector = alternating(200, { z: 2 });
    expect(scoreOf(detector, 2)).toBeGreaterThan(1);
    expect(scoreOf(detector, 0)).toBeLessThan(0.1);
    expect(detector.band(0)?.high).toBeCloseTo(1, 2);
  });

  test("asks for a distance from the mean besides", () => {
    expect(scoreOf(alternating(200, { z: 0 }), 1.5)).toBeGreaterThan(1);
    expect(scoreOf(alternating(200, { z: 4 }), 1.5)).toBeLessThan(1);
  });

  test("stands beyond its boundary as long as it is told, then near it until the series is back", () => {
    const detector = alternating(200, { hold: 30 });
    const scores = Array.from({ length: 400 }, () => scoreThenLearn(detector, [9]) ?? 0);
    expect(Math.min(...scores.slice(0, 30))).toBeGreaterThan(1);
    expect(new Set(scores.slice(31))).toEqual(new Set([0.9]));
    const returned = Array.from({ length: 300 }, (_, i) => scoreThenLearn(detector, [i % 2]) ?? 0);
    expect(Math.max(...returned.slice(-50))).toBeLessThan(0.1);
    const back = alternating(200);
    scoreThenLearn(back, [9]);
    const after = Array.from({ length: 30 }, (_, i) => scoreThenLearn(back, [i % 2]) ?? 0);
    expect(Math.max(...after.slice(20))).toBeLessThan(1);
  });

  test("alarms anew when what has not come back changes again, and stands until all of it is back", () => {
    const detector = alternating(200, { hold: 30 });
    for (let i = 0; i < 100; i++) scoreThenLearn(detector, [9]);
    expect(scoreOf(detector, 90)).toBeGreaterThan(1);
    scoreThenLearn(detector, [90]);
    const first = Array.from({ length: 300 }, () => scoreThenLearn(detector, [9]) ?? 0);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(0.9);
  });

  test("does not alarm twice within its mute", () => {
    const detector = alternating(200);
    const scores = Array.from({ length: 20 }, (_, i) =>
      scoreThenLearn(detector, [i % 5 ? 1 : 30 + i]),
    );
    expect(scores.filter((score) => (score ?? 0) >= 1)).toHaveLength(1);
  });

  test("notices that a daily peak comes at another hour, though its height is known", () => {
    const { detector } = freshDetector(rangeWatch, 1);
    for (let i = 0; i < 24 * 28; i++) detector.learnOne(Float64Array.of(peak(i)), start + i * hour);
    const night = start + (24 * 28 + 3) * hour;
    expect(scoreOf(detector, 10, night)).toBeGreaterThan(1);
    expect(scoreOf(detector, 1, night)).toBeLessThan(0.1);
  });
});

const shapeOf = (given: object): unknown => rangeWatch.shapedBy?.(rangeWatch.params.parse(given));

describe("a range watch of version 1 (FR-U2)", () => {
  const params = rangeWatch.params.parse({});
  const stateOf = (version: number) => {
    const bytes = new Uint8Array(rangeWatch.stateBytes(params, 1));
    const detector = rangeWatch.create(params, { nFeatures: 1, bytes });
    for (let i = 0; i < 300; i++) detector.learnOne(Float64Array.of(i % 2), i * 6e8);
    return { nFeatures: 1, bytes, version };
  };

  test("keeps the range that it had learned", () => {
    const to = { nFeatures: 1, bytes: new Uint8Array(rangeWatch.stateBytes(params, 1)) };
    expect(rangeWatch.upgrade?.(stateOf(1), to)).toBe(true);
    const high = rangeWatch.create(params, to).band(0, 300 * 6e8)?.high;
    expect(high).toBeGreaterThan(0.9);
    expect(high).toBeLessThan(1.2);
  });

  test("keeps nothing of any other version", () => {
    const to = { nFeatures: 1, bytes: new Uint8Array(rangeWatch.stateBytes(params, 1)) };
    expect(rangeWatch.upgrade?.(stateOf(0), to)).toBe(false);
    expect(to.bytes.every((byte) => byte === 0)).toBe(true);
  });

  test("has the same shape at every distance from the mean, and another when alarms stand longer", () => {
    expect(shapeOf({ z: 0 })).toEqual(shapeOf({ z: 5 }));
    expect(shapeOf({ hold: 10 })).not.toEqual(shapeOf({}));
  });
});
