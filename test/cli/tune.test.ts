import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { runTune, type TuneOptions } from "../../src/cli/tune.ts";
import { csvSources } from "../../src/replay/csv-source.ts";
import { fileWith } from "./files.ts";
import { csv, faulty, stream } from "./importance-files.ts";

async function tune(
  lines: readonly string[],
  options: Partial<TuneOptions> = {},
): Promise<readonly string[]> {
  const printed: string[] = [];
  await runTune(
    {
      input: { sources: csvSources([fileWith("rows.csv", csv(lines))]) },
      detectionOf: (sensitivity) => ({ detectorTypes, sensitivity }),
      incidents: { resolveAfterMs: 900_000, reopenDurationMs: 3_600_000, fixes: [] },
      ...options,
    },
    { stdout: (line) => void printed.push(line) },
  );
  return printed;
}

describe("tune", () => {
  it("prints what each sensitivity would have meant and the advice last", async () => {
    const lines = (await tune(faulty, { json: true, budget: 100 })).map((line) => JSON.parse(line));
    expect(lines.map((line) => line.sensitivity)).toEqual(["low", "normal", "high", undefined]);
    expect(lines[1]).toMatchObject({ tickets: 1, reopened: 0, runs: 0, runs_a_week: 0 });
    // 400 attributions of five minutes are 1.39 days: one ticket in them is about five a week.
    expect(lines[1].tickets_a_week).toBeCloseTo(5.05, 1);
    expect(lines[3].advice).toMatchObject({
      sensitivity: "high",
      budget_tickets_a_week: 100,
      models: 1,
      rows: faulty.length,
    });
  });

  it("recommends nothing when no setting fits the budget, and says so", async () => {
    const [advice] = (await tune(faulty, { json: true, budget: 0 })).slice(-1);
    expect(JSON.parse(advice!)).toMatchObject({ advice: { sensitivity: null } });
    expect((await tune(faulty, { budget: 0 })).at(-1)).toMatch(/^no setting stays within 0/);
  });

  it("finds any sensitivity right for a history in which nothing happened", async () => {
    const quiet = stream("churn", (vector) => vector);
    const printed = await tune(quiet, { budget: 1 });
    expect(printed.at(-1)).toBe("within 1 tickets a week: set detection.sensitivity to high");
  });

  it("gives no advice that nobody asked for", async () => {
    expect((await tune(faulty)).at(-1)).toMatch(/^high /);
  });
});
