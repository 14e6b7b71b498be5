import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { runTune, type TuneOptions } from "../../src/cli/tune.ts";
import { csvSources } from "../../src/replay/csv-source.ts";
import { fileWith } from "./files.ts";
import { collapse, csv, faulty, stream } from "./importance-files.ts";

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
    expect(printed.at(-1)).toBe("within 1 ticket a week: set detection.sensitivity to high");
  });

  /** Two models, one of which loses a feature again and again. */
  const noisy = [
    ...stream("calm", (vector) => vector),
    ...stream("noisy", (vector, i) => (i > 200 && i % 30 < 10 ? collapse(vector) : vector)),
  ];

  it("says what opens most at the setting in force, and what the others change", async () => {
    const printed = await tune(noisy);
    expect(printed.join("\n")).toMatch(
      /opens most at normal, of \d tickets: noisy \d \(first blamed: f1/,
    );
    expect(printed.filter((line) => / instead of normal: /.test(line))).toHaveLength(2);
    expect((await tune(noisy, { current: "low" })).join("\n")).toContain("normal instead of low:");
  });

  it("says how many false episodes to expect of all models together", async () => {
    const one = JSON.parse((await tune(faulty, { json: true }))[1]!);
    const two = JSON.parse((await tune(noisy, { json: true }))[1]!);
    const { false_episodes_expected_a_week: expected } = one;
    expect(expected).toBeGreaterThan(0);
    expect(two.false_episodes_expected_a_week).toBe(2 * expected);
    expect((await tune(noisy)).join("\n")).toContain("a week, all 2 models together: low ");
  });

  it("--json lists the tickets of a model that is blamed, and the override or null", async () => {
    const [low, , , last] = (await tune(noisy, { json: true })).map((line) => JSON.parse(line));
    expect(low).toMatchObject({ sensitivity: "low", added: [], lost: expect.any(Array) });
    expect(last.advice).toMatchObject({
      compared_with: "normal",
      opens_most: [{ model: "noisy", features: { f1: expect.any(Number) } }],
    });
    expect(last.advice).toHaveProperty("override");
  });

  it("gives no advice that nobody asked for", async () => {
    const printed = await tune(faulty);
    expect(printed.filter((line) => /set detection|tickets a week/.test(line))).toEqual([]);
    expect(printed.at(-1)).toBe("high instead of normal: the same tickets");
  });
});
