/** FR-P1, FR-P2: files of the shapes that tables have, with the columns named as `columns:` of a source names them. */
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { givenColumns } from "../../src/cli/columns-option.ts";
import { detectionOf } from "../../src/cli/history-options.ts";
import { runReplay } from "../../src/cli/replay.ts";
import { csvSources } from "../../src/replay/csv-source.ts";
import { keyOfFileModel } from "../../src/replay/files.ts";
import { fileWith } from "../cli/files.ts";

const at = (i: number): string => new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString();

/** The rows as they reach detection, by model. */
async function read(lines: readonly string[], columns: string, wide?: boolean) {
  const [source] = csvSources([fileWith("rows.csv", `${lines.join("\n")}\n`)], {
    columns: givenColumns(columns),
    wide,
  });
  const rows: string[] = [];
  const found = await source!.read((_, model, { feature, importance }) => {
    rows.push(`${model.slice(3)} ${feature}=${importance}`);
  });
  return { rows, read: found.rows, left: found.leftOut.counts() };
}

const key = (model: string): string => keyOfFileModel(model).slice(3);
const quoted = (object: string): string => `"${object.replaceAll('"', '""')}"`;
const unused = (): never => {
  throw new Error("is not asked for");
};

describe("several columns that name the model", () => {
  const header = "ts,name,segment,feature,importance";

  it("are joined, each escaped, so that two models never melt into one", async () => {
    const lines = [header, `${at(0)},a/b,c,x,1`, `${at(0)},a,b/c,x,2`, `${at(0)},a%2Fb,c,x,3`];
    const { rows } = await read(lines, "model=name+segment");
    expect(rows).toEqual([
      `${key("a%2Fb/c")} x=1`,
      `${key("a/b%2Fc")} x=2`,
      `${key("a%252Fb/c")} x=3`,
    ]);
    expect(new Set(rows.map((row) => row.split(" ")[0])).size).toBe(3);
  });

  it("leave out a row that lacks one of them, as null_model", async () => {
    const lines = [header, `${at(0)},a,,x,1`, `${at(0)},a,NULL,x,1`, `${at(0)},a,b,x,1`];
    expect(await read(lines, "model=name+segment")).toMatchObject({
      read: 3,
      left: { null_model: 2 },
    });
  });

  it("are no features of a wide table", async () => {
    const lines = ["ts,name,segment,x,y", `${at(0)},1,2,0.5,0.25`, `${at(1)},1,2,0.5,`];
    const { rows } = await read(lines, "model=name+segment");
    expect(rows.map((row) => row.split(" ")[1])).toEqual(["x=0.5", "y=0.25", "x=0.5"]);
  });

  it("are refused with the header where one of them is missing", async () => {
    await expect(read([header, `${at(0)},a,b,x,1`], "model=name+part")).rejects.toMatchObject({
      code: "DW_CLI_FILE",
      message: expect.stringMatching(/line 1: there is no column part; there are: ts, name/),
    });
  });
});

describe("a column of JSON objects", () => {
  const header = "ts,model,vals";
  it("has a feature for each key, as the daemon reads it", async () => {
    const object = '{"age":0.5,"income":"0.25","bad":null,"deep":{"x":1}}';
    const { rows, read: count } = await read(
      [header, `1767225600,m,${quoted(object)}`],
      "values=vals",
    );
    expect(rows.map((row) => row.split(" ")[1])).toEqual([
      "age=0.5",
      "income=0.25",
      "bad=NaN",
      "deep=NaN",
    ]);
    expect(count).toBe(4);
  });

  it("leaves out and counts what is no object, and goes on", async () => {
    const cells = ["[1]", "3", "nonsense", "", "{}", quoted('{"a":1}')];
    const lines = cells.map((cell, i) => `${at(i)},m,${cell}`);
    expect(await read([header, ...lines], "values=vals")).toMatchObject({
      read: 6,
      rows: [expect.stringMatching(/ a=1$/)],
      left: { not_an_object: 3, no_values: 2 },
    });
  });
});

describe("named features", () => {
  it("are read, and the other columns are not", async () => {
    const lines = ["ts,model,x,y,note", `${at(0)},m,1,2,hello`, `${at(1)},m,1,2,`];
    const { rows } = await read(lines, "features=x+y");
    expect(rows.map((row) => row.split(" ")[1])).toEqual(["x=1", "y=2", "x=1", "y=2"]);
  });
});

/** Six predictions an hour of two features, over three hours. */
const predictions = ["timestamp,model,feature,importance"].concat(
  Array.from(
    { length: 19 },
    (_, i) => `${at(10 * i)},m,a,${i % 2 === 0 ? 0.5 : -0.5}\n${at(10 * i)},m,a,0.7`,
  ),
);

async function replay(windowMs: number | undefined) {
  const [out, said]: [string[], string[]] = [[], []];
  const io = {
    stdout: (line: string) => void out.push(line),
    say: (line: string) => void said.push(line),
  };
  const file = fileWith("rows.csv", `${predictions.join("\n")}\n`);
  const sources = csvSources([file], { predictions: windowMs !== undefined, say: io.say });
  const history = { config: undefined, isConfigured: false, windowMs };
  const parts = {
    cli: { say: unused, print: unused, exitWith: unused, stopSignal: unused },
    detectors: detectorTypes,
    remediations: [],
    engineSettings: unused,
    fileSettings: unused,
    sources: unused,
    whatIf: unused,
  };
  const code = await runReplay({ sources, ...detectionOf(history, parts, {}), json: true }, io);
  const { summary }: { summary: object } = JSON.parse(out.at(-1) ?? "");
  return { code, summary, said };
}

describe("a file with a line for each prediction", () => {
  it("is averaged over windows that close by the times of its rows", async () => {
    const { code, summary } = await replay(3_600_000);
    expect(summary).toMatchObject({ rows: 38, attributions: 2, left_out: {} });
    expect(code).toBe(0);
  });

  it("has second values without a window", async () => {
    expect((await replay(undefined)).summary).toMatchObject({ left_out: { second_value: 19 } });
  });

  it("is refused with a window below assembly_window", async () => {
    await expect(replay(30_000)).rejects.toMatchObject({
      code: "DW_CLI_USAGE",
      message: "--window is shorter than assembly_window, 1m",
    });
  });
});
