import { describe, expect, it } from "vitest";
import { alarmFigures, nabScore, probation, profiles } from "../../bench/nab-score.ts";

const series = {
  name: "group/series.csv",
  rows: 4000,
  windows: [
    [1000, 1099],
    [2000, 2099],
  ],
  cadence: 300,
} as const;

const standard = (...alarms: readonly number[]): number =>
  nabScore([{ series, alarms }], profiles.standard);

describe("the NAB score", () => {
  it("is 0 without an alarm and 100 with one at the first row of every window", () => {
    expect(standard()).toBe(0);
    expect(standard(1000, 2000)).toBeCloseTo(100, 10);
  });

  it("gives less for a later alarm, and nothing for a second one in the same window", () => {
    expect(standard(1050, 2000)).toBeLessThan(standard(1010, 2000));
    expect(standard(1000, 1001, 2000)).toBe(standard(1000, 2000));
  });

  it("takes 0.11 windows for an alarm before any window, twice that in the profile of few false alarms", () => {
    // Two windows, each worth from -1 to 1: the whole range is 4.
    expect(standard(900, 1000, 2000)).toBeCloseTo(100 * (1 - 0.11 / 4), 10);
    const few = nabScore([{ series, alarms: [900, 1000, 2000] }], profiles.lowFalsePositives);
    expect(few).toBeCloseTo(100 * (1 - 0.22 / 4), 10);
  });

  it("takes less for an alarm just after a window than far from it", () => {
    expect(standard(1000, 1105, 2000)).toBeGreaterThan(standard(1000, 1500, 2000));
  });

  it("ignores alarms in the probation: 15 % of the rows, at most 750", () => {
    expect(probation(4000)).toBe(600);
    expect(probation(10_000)).toBe(750);
    expect(standard(599, 1000, 2000)).toBe(standard(1000, 2000));
  });

  it("counts recall, false alarms a day and delay beside it", () => {
    const figures = alarmFigures([{ series, alarms: [100, 900, 1010, 1020, 3000] }]);
    expect(figures).toMatchObject({ windows: 2, recall: 0.5, falseAlarms: 2, medianDelay: 10 });
    expect(figures.falsePerDay).toBeCloseTo(2 / ((3400 * 300) / 86_400), 10);
  });
});
