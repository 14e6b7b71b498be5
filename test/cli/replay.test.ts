import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { type ReplayOptions, runReplay } from "../../src/cli/replay.ts";
import { modelName } from "../../src/model-key.ts";
import { csvSources } from "../../src/replay/csv-source.ts";
import { readMarkers } from "../../src/replay/files.ts";
import { replayRows } from "../../src/replay/replay.ts";
import { fileWith } from "./files.ts";
import { at, collapse, csv, faulty, header, stream } from "./importance-files.ts";

type Line = Record<string, unknown>;

interface Given extends Omit<ReplayOptions, "detectorTypes" | "sources"> {
  readonly csv: readonly string[];
  readonly asRead?: boolean;
}

async function replay({ csv: files, asRead, ...options }: Given): Promise<readonly Line[]> {
  const sources = csvSources(files, { asRead });
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
        tickets: 1,
        reopened: 0,
        mails: 3,
        false_episodes_expected_per_model_week: 0.4,
        left_out: {},
        without_number: 0,
        names_cleaned: 0,
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
    // Three sigma may name a bystander too, but not first.
    expect(episode).toMatchObject({ start: at(301), kind: "shift", features: { 0: "f1" } });
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

  it("tells a marker to the model that it names, also by one of its versions, where names hold them", async () => {
    const lines = stream("churn", (vector, i) => (i >= 300 ? collapse(vector) : vector));
    const versions = lines.map((line, i) =>
      line.replace("churn", i < lines.length / 2 ? "churn-v7" : "churn-v8"),
    );
    const sources = csvSources([fileWith("rows.csv", csv(versions))], {
      versionedNames: "{name}-v{version}",
    });
    const opened = async (name: string) => {
      const markers = fileWith(
        "markers.csv",
        `timestamp,model,marker\n${at(299.9)},${name},retrain\n`,
      );
      const [replayed] = await replayRows({ sources, markers }, [{ detectorTypes }]);
      return replayed!.episodes.map(({ opened: { model } }) => modelName(model).model);
    };
    expect(await opened("other")).toEqual(["churn"]);
    expect(await opened("churn-v8")).toEqual([]);
    expect(await opened("churn")).toEqual([]);
  });

  it("says which line of the markers has a wrong number of fields", async () => {
    const file = fileWith(
      "markers.csv",
      `timestamp,model,marker\n${at(1)},churn,retrain\n${at(2)},churn\n`,
    );
    await expect(readMarkers(file)).rejects.toMatchObject({
      code: "DW_CLI_FILE",
      message: expect.stringContaining("line 3: 2 fields, the header has 3"),
    });
  });

  it("says which markers name a model without rows, and the one that was meant", async () => {
    const said: string[] = [];
    const sources = csvSources([fileWith("rows.csv", csv(faulty))]);
    const names = ["chrun", "churn", "chrun", "entirely else"];
    const markers = fileWith(
      "markers.csv",
      `timestamp,model,marker\n${names.map((name, i) => `${at(i)},${name},retrain`).join("\n")}\n`,
    );
    await replayRows({ sources, markers, say: (line) => said.push(line) }, [{ detectorTypes }]);
    expect(said).toEqual([
      'no row is of the model "chrun", so its markers change nothing. Did you mean "churn"?',
      'no row is of the model "entirely else", so its markers change nothing',
    ]);
  });

  it("sorts rows by time, and as read takes a row that stands below newer ones for a late row (FR-B1)", async () => {
    const lines = [...faulty];
    const [late] = lines.splice(20, 1);
    lines.splice(40, 0, late!);
    const file = fileWith("rows.csv", csv(lines));
    const summary = { rows: faulty.length, attributions: 400, episodes: 1 };
    const [, sorted] = await replay({ csv: [file] });
    expect(sorted).toMatchObject({ summary: { ...summary, left_out: {} } });
    const [, asRead] = await replay({ csv: [file], asRead: true });
    expect(asRead).toMatchObject({ summary: { ...summary, left_out: { late: 1 } } });
  });

  it("goes on with a model in the next file, whatever order the files have", async () => {
    const [first, second] = [faulty.slice(0, 2000), faulty.slice(2000)];
    const files = [second, first].map((lines, i) => fileWith(`day-${i}.csv`, csv(lines)));
    const [episode, summary] = await replay({ csv: files });
    expect(episode).toMatchObject({ start: at(301), kind: "shift" });
    expect(summary).toMatchObject({ summary: { rows: 4800, attributions: 400, left_out: {} } });
  });

  it("is no success when more than a tenth of the rows was left out, and says so", async () => {
    const lines = faulty.map((line, i) => (i % 9 === 0 ? `${line}%` : line));
    const said: string[] = [];
    const io = { stdout: () => undefined, say: (line: string) => void said.push(line) };
    const sources = csvSources([fileWith("rows.csv", csv(lines))]);
    expect(await runReplay({ sources, detectorTypes }, io)).toBe(1);
    expect(said).toEqual([
      "More than a tenth of the rows were left out (534 of 4800), so what was found says little.",
    ]);
  });

  it("reports only what opened in the last time asked for, and learns from the rest", async () => {
    const file = fileWith("rows.csv", csv(faulty));
    expect(await replay({ csv: [file], lastMs: 3_600_000 })).toHaveLength(1);
    expect(await replay({ csv: [file], lastMs: 10 * 3_600_000 })).toHaveLength(2);
  });

  it("speaks in sentences without json", async () => {
    const lines: string[] = [];
    const io = { stdout: (line: string) => void lines.push(line) };
    const sources = csvSources([fileWith("rows.csv", csv(faulty))]);
    await runReplay({ sources, detectorTypes }, io);
    expect(lines[0]).toMatch(
      /\[P1\] churn: shift, f1 fell to .* % of the model's attention, expected .* \(until /,
    );
    expect(lines[1]).toMatch(/^1 episode in 400 attributions/);
  });
});

describe("replay refuses", () => {
  it.each([
    [
      "a file without a column it needs",
      "timestamp,model,feature\n",
      "DW_CLI_FILE",
      /line 1: there is no column for the importance; there are: timestamp, model, feature/,
    ],
    [
      "a file with a header and no rows (FR-B5)",
      `${header}\n`,
      "DW_CLI_NOTHING_TO_JUDGE",
      /it has no rows/,
    ],
    [
      "importances none of which is a number (FR-B4)",
      `${header}\n2026-01-01,m,f,"0,25"\n2026-01-01,m,g,12.3%\n`,
      "DW_CLI_NOTHING_TO_JUDGE",
      /all 2 rows were left out, bad_importance: .*, line 2: importance "0,25" is no number\. Write a plain number/,
    ],
    [
      "timestamps none of which is a time",
      `${header}\nyesterday,m,f,1\n`,
      "DW_CLI_NOTHING_TO_JUDGE",
      /line 2: timestamp "yesterday" is no time\. Accepted are 2026-01-31T12:00:00Z/,
    ],
  ] as const)("%s", async (...[, content, code, message]) => {
    await expect(replay({ csv: [fileWith("rows.csv", content)] })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("columns that nobody knows, and says how to name each, also the one of the model", async () => {
    const content = "Zeitpunkt;Modell;Merkmal;Wichtigkeit\n2026-01-01;kredit;alter;0,5\n";
    await expect(replay({ csv: [fileWith("rows.csv", content)] })).rejects.toMatchObject({
      hint: expect.stringMatching(
        /--columns timestamp=NAME,feature=NAME,importance=NAME\. If a column names the model, add model=NAME;/,
      ),
    });
  });

  it("to replay nothing", async () => {
    const nothing = runReplay({ sources: [], detectorTypes }, { stdout: () => undefined });
    await expect(nothing).rejects.toMatchObject({ code: "DW_CLI_USAGE" });
  });
});
