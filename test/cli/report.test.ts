import { describe, expect, it } from "vitest";
import { reportLines } from "../../src/cli/report.ts";

const churn = { subject: "default/production/main/churn-v7", detector: "rolling-z-score" };
const fraud = { subject: "default/production/main/fraud-v3", detector: "" };

describe("the report of verdicts", () => {
  it("counts what people said by model and detector, and says what it means", () => {
    const verdicts = [
      { ...churn, verdict: "real", count: 2 },
      { ...churn, verdict: "false_positive", count: 1 },
      { ...churn, verdict: null, count: 4 },
      { ...fraud, verdict: "wrong_team", count: 1 },
    ] as const;
    expect(reportLines({ days: 30, verdicts })).toEqual([
      "Incidents of 30 days: 8, of which people judged 4",
      "",
      "model     detector         real  false positive  expected  won't do  wrong team  nobody said",
      "churn-v7  rolling-z-score  2     1               0         0         0           4",
      "fraud-v3  -                0     0               0         0         1           0",
      "",
      "2 of 4 judged were real, 1 was false. Nothing is learned from this.",
    ]);
  });

  it("names the source of models that share a name, and never sums them up", () => {
    const count = { ...churn, verdict: "real", count: 1 } as const;
    const other = { ...count, subject: "default/production/eu/churn-v7" };
    const lines = reportLines({ days: 30, verdicts: [count, other] });
    expect(lines.slice(3, 5).map((line) => line.split(" ")[0])).toEqual([
      "default/production/main/churn-v7",
      "default/production/eu/churn-v7",
    ]);
  });

  it("says how to judge where nobody has, and no more where nothing happened", () => {
    const verdicts = [{ ...churn, verdict: null, count: 1 }];
    expect(reportLines({ days: 7, verdicts }).at(-1)).toContain("Nobody has judged one yet");
    expect(reportLines({ days: 7, verdicts: [] })).toEqual([
      "Incidents of 7 days: 0, of which people judged 0",
    ]);
  });
});
