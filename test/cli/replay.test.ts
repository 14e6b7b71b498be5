import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { type ReplayOptions, runReplay } from "../../src/cli/replay.ts";
import { csvSource } from "../../src/replay/row-source.ts";
import { fileWith } from "./files.ts";
import { at, collapse, csv, faulty, header, stream } from "./importance-files.ts";

type Line = Record<string, unknown>;

interface Given extends Omit<ReplayOptions, "detectorTypes" | "sources"> {
  readonly csv: readonly string[];
}

async function replay({ csv: files, ...options }: Given): Promise<readonly Line[]> {
  const sources = files.map(csvSource);
  const lines: Line[] = [];
  const io = { stdout: (line: string) => void lines.push(JSON.parse(line)) };
  expect(await runReplay({ ...options, sources, json: true, detectorTypes }, io)).toBe(0);
  return lines;
}

const marker = (i: number): string =>
  fileWith("markers.csv", `timestamp,model,marker\n${at(i)},churn,retrain\n`);

describe("replay", () => {
  it("prints an episode a line and the summary last", async () => {
    const [episode, summary, ...rest] = await replay({ csv: [fileWith("rows.csv", csv(faulty))] });
    expect(episode).toEqual({
      model: "churn",
      start: at(301),
      end: expect.stringMatching(/^2026-01-06T0[234]:/),
      kind: "shift",
      features: ["f1"],
      severity: "P1",
      score: expect.any(Number),
    });
    expect(summary).toEqual({
      summary: {
        rows: faulty.length,
        attributions: 400,
        models: 1,
        episodes: 1,
        false_episodes_expected_per_model_week: 0.4,
        seconds: expect.any(Number),
      },
    });
    expect(rest).toEqual([]);
  });

  it("judges by the plain rule and half-space trees when asked to, and promises nothing then", async () => {
    const [episode, ...rest] = await replay({
      csv: [fileWith("rows.csv", csv(faulty))],
      preset: "plain",
    });
    expect(episode).toMatchObject({ start: at(301), kind: "shift", features: ["f1"] });
    expect(rest.at(-1)).toMatchObject({
      summary: { false_episodes_expected_per_model_week: null },
    });
  });

  it("reads packed files", async () => {
    const file = fileWith("rows.csv.gz", gzipSync(csv(faulty)));
    expect(await replay({ csv: [file] })).toHaveLength(2);
  });

  it("lets silence open at its own time, though the next row comes hours later", async () => {
    const lines = stream("churn", (vector, i) => (i >= 300 && i < 370 ? undefined : vector));
    const [episode] = await replay({ csv: [fileWith("rows.csv", csv(lines))] });
    expect(episode).toMatchObject({ kind: "silent", features: [], end: at(373) });
    const quarter = (Date.parse(at(303)) - Date.parse(at(302))) / 4;
    const delay = Date.parse(String(episode?.["start"])) - Date.parse(at(302)) - quarter;
    expect(delay).toBeGreaterThanOrEqual(0);
    expect(delay).toBeLessThanOrEqual(30_000);
  });

  it("does not call a model silent because its file ends", async () => {
    const first = fileWith(
      "a.csv",
      csv(stream("a", (vector, i) => (i < 100 ? vector : undefined))),
    );
    const second = fileWith("b.csv", csv(stream("b", (vector) => vector)));
    expect(await replay({ csv: [first, second] })).toHaveLength(1);
  });

  it("calls a model silent when others in its file go on", async () => {
    const a = stream("a", (vector, i) => (i < 300 ? vector : undefined));
    const b = stream("b", (vector) => vector);
    const both = [...a, ...b].toSorted((x, y) => (x.slice(0, 24) < y.slice(0, 24) ? -1 : 1));
    const [episode] = await replay({ csv: [fileWith("rows.csv", csv(both))] });
    expect(episode).toMatchObject({ model: "a", kind: "silent", end: null });
  });

  it("knows a marker from its own time on", async () => {
    const lines = stream("churn", (vector, i) => (i >= 300 ? collapse(vector) : vector));
    const file = fileWith("rows.csv", csv(lines));
    expect(await replay({ csv: [file], markers: marker(299.9) })).toHaveLength(1);
    const [late] = await replay({ csv: [file], markers: marker(310.5) });
    expect(late).toMatchObject({ start: at(301), end: at(310.5) });
  });

  it("takes a row that stands below newer ones for a late row", async () => {
    const lines = [...faulty];
    const [late] = lines.splice(20, 1);
    lines.splice(40, 0, late!);
    const [, summary] = await replay({ csv: [fileWith("rows.csv", csv(lines))] });
    expect(summary).toMatchObject({
      summary: { rows: faulty.length, attributions: 400, episodes: 1 },
    });
  });

  it("reports only what opened in the last time asked for, and learns from the rest", async () => {
    const file = fileWith("rows.csv", csv(faulty));
    expect(await replay({ csv: [file], lastMs: 3_600_000 })).toHaveLength(1);
    expect(await replay({ csv: [file], lastMs: 10 * 3_600_000 })).toHaveLength(2);
  });

  it("speaks in sentences without json", async () => {
    const lines: string[] = [];
    const io = { stdout: (line: string) => void lines.push(line) };
    const sources = [csvSource(fileWith("rows.csv", csv(faulty)), 0)];
    await runReplay({ sources, detectorTypes }, io);
    expect(lines[0]).toMatch(
      /\[P1\] churn: shift, f1 fell to .* % of the model's attention, expected .* \(until /,
    );
    expect(lines[1]).toMatch(/^1 episodes in 400 attributions/);
  });
});

describe("replay refuses", () => {
  it.each([
    [
      "a file without a column it needs",
      "timestamp,model,feature\n",
      /line 1: there is no column importance/,
    ],
    [
      "an importance that is no number",
      `${header}\n2026-01-01,m,f,high\n`,
      /line 2: importance "high" is no number/,
    ],
    [
      "a timestamp that is none",
      `${header}\nyesterday,m,f,1\n`,
      /line 2: timestamp "yesterday" is no time/,
    ],
  ])("%s", async (_, content, message) => {
    await expect(replay({ csv: [fileWith("rows.csv", content)] })).rejects.toMatchObject({
      code: "DW_CLI_FILE",
      message: expect.stringMatching(message),
    });
  });

  it("to replay nothing", async () => {
    await expect(replay({ csv: [] })).rejects.toMatchObject({ code: "DW_CLI_USAGE" });
  });
});
