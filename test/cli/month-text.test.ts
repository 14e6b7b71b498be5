import { describe, expect, it } from "vitest";
import { monthJson, monthLines } from "../../src/cli/month-text.ts";
import { measureNames, monthSums } from "../../src/operator/month-sums.ts";
import { emptyMonth, found, november } from "../operator/month-facts.ts";

const hour = 3_600_000;
const sums = monthSums({
  ...emptyMonth,
  incidents: [
    found({ verdict: "real" }),
    found({ number: 2, verdict: "real", mails: 1, subject: "t/e/main/fraud-v3" }),
    found({ number: 3, answeredAtMs: null, mails: 4 }),
  ],
  acts: [
    { fix: "f", outcome: "recovered" },
    { fix: "f", outcome: null },
  ],
  decisions: [
    { run: "a", status: "denied", gate: "cooldown" },
    { run: "b", status: "denied", gate: "cooldown" },
    { run: "c", status: "proposed", gate: null },
  ],
  words: [{ run: "c", word: "approve" }],
  blind: [
    { what: "daemon", fromMs: november.startMs, untilMs: november.startMs + 3 * hour },
    { what: "source main", fromMs: november.startMs, untilMs: november.startMs + hour },
  ],
});
const unused = monthSums({
  ...emptyMonth,
  range: { startMs: Date.UTC(2025, 9, 1), endMs: Date.UTC(2025, 10, 1) },
});
const report = {
  soFar: true,
  timeZone: "Europe/Berlin",
  reported: { month: "2026-11", sums },
  before: { month: "2026-10", sums: unused },
};

describe("the report of a month", () => {
  it("shows each measure beside the month before, and says what was not measured", () => {
    expect(monthLines(report)).toEqual([
      "          November 2026 so far            October 2026",
      "Found     3: 2 real, 1 nobody said        not measured",
      "Missed    not measured                    not measured",
      "Told      1m50s after the first bad row   not measured",
      "Answered  after 9m; 1 by nobody           not measured",
      "Resolved  after 2h, 3 of them             not measured",
      "Asked     1: 1 approved                   not measured",
      "Acted     2: 1 not judged, 1 recovered    not measured",
      "Refused   2: 2 cooldown                   not measured",
      "Mails     8; 7 mails of churn-v7          not measured",
      "Blind     3h (daemon 3h, source main 1h)  not measured",
      "",
      "Times are medians. Months in Europe/Berlin.",
      "November 2026: Missed: nothing tells what users saw first.",
      "October 2026: Found, Told, Answered, Resolved, Asked, Acted, Refused, Mails, Blind: this store was not used yet.",
      "October 2026: Missed: nothing tells what users saw first.",
    ]);
  });

  it("says the same in JSON, a line for each measure, null where nothing was measured", () => {
    const lines = monthJson(report).map((line) => JSON.parse(line));
    expect(lines.map(({ measure }) => measure)).toEqual(measureNames);
    expect(lines[0]).toEqual({
      month: "2026-11",
      time_zone: "Europe/Berlin",
      so_far: true,
      measure: "found",
      unit: "count",
      value: 3,
      parts: { real: 2, nobody_said: 1 },
      not_measured: null,
      before: {
        month: "2026-10",
        unit: "count",
        value: null,
        parts: {},
        not_measured: "this store was not used yet",
      },
    });
  });

  it("shows a month in which nothing happened as 0", () => {
    const nothing = { month: "2026-11", sums: monthSums(emptyMonth) };
    const lines = monthLines({ ...report, soFar: false, reported: nothing, before: nothing });
    expect(lines[0]).toBe("          November 2026  November 2026");
    expect(lines[1]).toBe("Found     0              0");
    expect(lines.find((line) => line.startsWith("Blind"))).toBe("Blind     0              0");
  });
});
