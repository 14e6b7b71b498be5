import { describe, expect, test } from "vitest";
import { rangeWatch } from "../../detectors/range-watch.ts";
import { pythonRandom } from "../../detectors/stats/mt19937.ts";
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

/** How often the range watch alarms at 20,000 rows that are lognormal but for what is added, of three seeds together. */
const alarmsAt = (settings: object, added: number): number =>
  [1, 2, 3].reduce((sum, seed) => sum + alarmsOf(settings, { added, seed }), 0);

function alarmsOf(settings: object, { added, seed }: { added: number; seed: number }): number {
  const { detector } = freshDetector(rangeWatch, 1, settings);
  const uniform = pythonRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const rows = Array.from({ length: 20_000 }, () => [Math.exp(normal()) + added]);
  const scores = rows.map((row) => scoreThenLearn(detector, row) ?? 0);
  return scores.filter((score, i) => score >= 1 && (scores[i - 1] ?? 0) < 0.8).length;
}

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

  test("alarms less often at a heavy tail where it asks for more than the usual excess", () => {
    expect(alarmsAt({ excess: 3 }, -1)).toBeLessThan(0.8 * alarmsAt({ excess: 0 }, -1));
  });

  test("alarms seldom at a heavy tail that it knows by the logarithms of a series that is never negative", () => {
    expect(alarmsAt({}, 0)).toBeLessThan(0.5 * alarmsAt({}, -1));
  });

  test("sees a value that is far out by its logarithm, too", () => {
    const { detector } = freshDetector(rangeWatch, 1);
    const uniform = pythonRandom(4);
    for (let i = 0; i < 1000; i++) detector.learnOne(Float64Array.of(Math.exp(4 * uniform())));
    expect(scoreOf(detector, 1e9)).toBeGreaterThan(1);
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

/** Floats a series in older versions. */
const stridesBefore = [
  [1, 221],
  [2, 221],
  [3, 225],
] as const;

describe.each(stridesBefore)("a range watch of version %i (FR-U2)", (version, strideBefore) => {
  const nFeatures = 3;
  const params = rangeWatch.params.parse({});
  const fresh = () => ({ nFeatures, bytes: new Uint8Array(rangeWatch.stateBytes(params, 3)) });

  /** What an older version had learned of series between 0 and 1, 2 and 3. */
  function older() {
    const now = fresh();
    const detector = rangeWatch.create(params, now);
    for (let i = 0; i < 300; i++)
      detector.learnOne(Float64Array.of(i % 2, 2 * (i % 2), 3 * (i % 2)), i * 6e8);
    const bytes = new Uint8Array(Math.ceil((nFeatures * strideBefore) / 2) * 8);
    const stride = rangeWatch.stateBytes(params, 2) / 2;
    for (let slot = 0; slot < nFeatures; slot++) {
      const from = stride * slot;
      bytes.set(now.bytes.subarray(from, from + strideBefore * 4), slot * strideBefore * 4);
    }
    return { nFeatures, bytes, version };
  }

  test("keeps the range of every series that it had learned", () => {
    const to = fresh();
    expect(rangeWatch.upgrade?.(older(), to)).toBe(true);
    const detector = rangeWatch.create(params, to);
    const highs = [0, 1, 2].map((slot) => detector.band(slot, 300 * 6e8)?.high ?? 0);
    expect(highs.map((high) => Math.round(high))).toEqual([1, 2, 3]);
    expect(detector.band(2)?.n).toBe(300);
  });

  test("keeps nothing of any other version, and nothing of another size", () => {
    const to = fresh();
    expect(rangeWatch.upgrade?.({ ...older(), version: 0 }, to)).toBe(false);
    expect(rangeWatch.upgrade?.({ ...older(), bytes: new Uint8Array(8) }, to)).toBe(false);
    expect(to.bytes.every((byte) => byte === 0)).toBe(true);
  });

  test("has the same shape at every distance from the mean, and another when alarms stand longer", () => {
    expect(shapeOf({ z: 0 })).toEqual(shapeOf({ z: 5 }));
    expect(shapeOf({ hold: 10 })).not.toEqual(shapeOf({}));
  });
});
