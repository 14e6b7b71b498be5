import { describe, expect, it } from "vitest";
import { seasonalChart } from "../../../detectors/seasonal-chart.ts";
import { pythonRandom } from "../../../detectors/stats/mt19937.ts";
import { freshDetector } from "../fresh-detector.ts";

const hour = 3_600_000_000;
const week = 168;
/** Midnight of a Monday. */
const start = Date.UTC(2026, 0, 5) * 1000;
const nFeatures = 6;

/** How many times as large as usual feature 2 is in this hour since the start. */
type Factor = (slot: number) => number;

/** Hours of which the score was 1 or more; vectors above 0.8 are skipped, as while an episode is open. */
function beyondIn(weeks: number, factor: Factor): readonly number[] {
  const { detector } = freshDetector(seasonalChart, nFeatures, {});
  const random = pythonRandom(11);
  const scores = new Float64Array(nFeatures);
  return Array.from({ length: weeks * week }, (_, slot) => slot).filter((slot) => {
    const x = Float64Array.from(scores, (_, k) => {
      const noise = random() + random() + random() - 1.5;
      return (10 + k) * (1 + 0.1 * noise) * (k === 2 ? factor(slot) : 1);
    });
    const score = detector.scoreOne(x, scores, start + slot * hour) ?? 0;
    if (score > 0.8) detector.skipOne?.(x, start + slot * hour);
    else detector.learnOne(x, start + slot * hour);
    return score >= 1;
  });
}

const weeksOf = (slots: readonly number[]): readonly number[] => [
  ...new Set(slots.map((slot) => Math.floor(slot / week))),
];
/** Tuesdays from 9 to 12. */
const isTuesday = (slot: number): boolean => slot % week >= 33 && slot % week < 36;
const tuesdays =
  (times: (week: number) => number): Factor =>
  (slot) =>
    isTuesday(slot) ? times(Math.floor(slot / week)) : 1;

describe("what comes at one hour of the week only (FR-D1)", () => {
  it("is beyond its boundary in two weeks, and a habit from the third week on", () => {
    expect(
      weeksOf(
        beyondIn(
          6,
          tuesdays(() => 2),
        ),
      ),
    ).toEqual([0, 1]);
  });

  it("is beyond its boundary when it comes otherwise than in the weeks before", () => {
    const larger = beyondIn(
      6,
      tuesdays((at) => (at === 4 ? 4 : 2)),
    );
    expect(weeksOf(larger)).toEqual([0, 1, 4]);
    const smaller = beyondIn(
      6,
      tuesdays((at) => (at === 4 ? 0.4 : 2)),
    );
    expect(weeksOf(smaller)).toEqual([0, 1, 4]);
  });

  it("may stay away for a week, or for good", () => {
    const paused = beyondIn(
      7,
      tuesdays((at) => (at === 3 || at > 4 ? 1 : 2)),
    );
    expect(weeksOf(paused)).toEqual([0, 1]);
  });

  it("is forgotten after four weeks without it", () => {
    const back = beyondIn(
      9,
      tuesdays((at) => (at < 3 || at > 7 ? 2 : 1)),
    );
    expect(weeksOf(back)).toEqual([0, 1, 8]);
  });

  it("is no habit where it came in weeks that do not follow each other", () => {
    const every = beyondIn(
      7,
      tuesdays((at) => (at % 2 === 0 ? 2 : 1)),
    );
    expect(weeksOf(every)).toEqual([0, 2, 4, 6]);
  });
});

describe("a fault that lasts for weeks", () => {
  it("never becomes a habit of the hours at which it is seen", () => {
    const begins = 100;
    const slots = beyondIn(5, (slot) => (slot >= begins ? 2 : 1));
    const days = new Set(slots.map((slot) => Math.floor(slot / 24)));
    expect(days.size).toBe(5 * 7 - Math.floor(begins / 24));
  });
});
