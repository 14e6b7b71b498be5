/** What a file has that is not as it should be is told as what it is, and counted as the daemon counts it. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { runDetect } from "../../src/cli/detect.ts";
import { runReplay } from "../../src/cli/replay.ts";
import { csvSources } from "../../src/replay/csv-source.ts";
import { hasDecimalComma } from "../../src/replay/decimal-comma.ts";
import type { FileFormat } from "../../src/replay/files.ts";
import { parseRow, type RawRow } from "../../src/source/rows.ts";
import { shapeOf } from "../../src/source/shapes/shape-of.ts";
import { fileWith } from "../cli/files.ts";

const header = "timestamp,model,feature,importance";
const at = (i: number): string => new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString();

interface Outcome {
  readonly code: number;
  readonly out: readonly string[];
  readonly said: string;
  readonly summary: Readonly<Record<string, unknown>>;
}

async function replay(content: string | Uint8Array, format: FileFormat = {}): Promise<Outcome> {
  const [out, said]: [string[], string[]] = [[], []];
  const io = {
    stdout: (line: string) => void out.push(line),
    say: (line: string) => void said.push(line),
  };
  const sources = csvSources([fileWith("rows.csv", content)], format);
  const code = await runReplay({ sources, detectorTypes, json: true }, io);
  const last: { summary: Readonly<Record<string, unknown>> } = JSON.parse(out.at(-1) ?? "");
  return { code, out, said: said.join("\n"), summary: last.summary };
}

/** Twenty attributions of two features; the last one's rows as told. */
const rows = (...more: readonly string[]): string =>
  [
    header,
    ...Array.from({ length: 20 }, (_, i) => `${at(i)},m,f,0.5\n${at(i)},m,g,0.5`),
    ...more,
    "",
  ].join("\n");

describe("an empty last cell of the first attribution", () => {
  const times = [0, 1, 2, 3, 4, 5];

  it("leaves out no row of a wide table", async () => {
    const lines = times.map((i) => `${at(i)},m,0.3,${i === 0 ? "" : 0.7}`);
    const { summary } = await replay(["timestamp,model,a,b", ...lines, ""].join("\n"));
    expect(summary).toMatchObject({ rows: 11, attributions: 6, left_out: {} });
  });

  it("leaves out no row of a long table, and counts the one without a number", async () => {
    const lines = times.map((i) => `${at(i)},m,a,0.3\n${at(i)},m,b,${i === 0 ? "" : 0.7}`);
    const { summary } = await replay([header, ...lines, ""].join("\n"));
    expect(summary).toMatchObject({ rows: 12, attributions: 6, left_out: {}, without_number: 1 });
  });
});

const refusal = async (content: string | Uint8Array, format?: FileFormat) =>
  replay(content, format).then(
    () => undefined,
    (error: unknown) => error,
  );

const utf32 = (text: string): Buffer =>
  Buffer.concat([...Buffer.from(text)].map((byte) => Buffer.from([byte, 0, 0, 0])));

async function detect(content: string) {
  const said: string[] = [];
  const io = { stdout: () => undefined, say: (line: string) => void said.push(line) };
  const code = await runDetect({ csv: fileWith("table.csv", content), detectorTypes }, io);
  return { code, said: said.join("\n") };
}

const table = (row: (i: number) => string): string =>
  `timestamp,a,b\n${Array.from({ length: 20 }, (_, i) => row(i)).join("\n")}\n`;

describe("names of a file are read as the daemon reads those of a table (FR-K1, FR-B1)", () => {
  const cases: readonly (readonly [what: string, model: string, feature: string])[] = [
    ["a name of 513 bytes", "m".repeat(513), "f"],
    ["a feature of 4,097 bytes", "m", "f".repeat(4097)],
    ["a name with a control", "chu\u0007rn", "f"],
    ["a name with a mark of direction", "chu\u202Ern", "f"],
    ["a plain name", "churn", "f"],
  ];

  it.each(cases)("%s has the same outcome", async (_, model, feature) => {
    const raw: RawRow = [Date.UTC(2026, 0, 1) * 1000, feature, "0.5", "(0,1)", model];
    const [daemon] = parseRow(raw, shapeOf({ feature: "f", importance: "i" }));
    const left = typeof daemon === "string" ? { [daemon]: 1 } : { unfinished: 1 };
    const cleaned = typeof daemon === "object" && daemon.cleaned === true ? 1 : 0;
    const { summary } = await replay(rows(`${at(19)},${model},${feature},0.5`));
    expect([summary["left_out"], summary["names_cleaned"]]).toEqual([left, cleaned]);
  });

  it.each(["NULL", "null", "\\N", ""])("%s is no name of a model", async (word) => {
    const { summary } = await replay(rows(`${at(19)},${word},h,0.5`));
    expect(summary["left_out"]).toEqual({ null_model: 1 });
    expect(summary["models"]).toBe(1);
  });
});

describe("rows without a number are counted (FR-B4)", () => {
  it("in the summary, which they are a part of", async () => {
    const { summary, code } = await replay(rows(`${at(19)},m,h,NaN`, `${at(19)},m,i,`));
    expect([code, summary["without_number"], summary["rows"]]).toEqual([0, 2, 42]);
  });
});

describe("rows of a newest attribution that lacks features (FR-B1)", () => {
  it("are left out as unfinished, in text and JSON, and are no failure", async () => {
    const content = rows(`${at(20)},m,f,0.5`);
    const { code, summary } = await replay(content);
    const text: string[] = [];
    const sources = csvSources([fileWith("rows.csv", content)], {});
    await runReplay({ sources, detectorTypes }, { stdout: (line) => void text.push(line) });
    expect([code, summary["rows"], summary["attributions"]]).toEqual([0, 41, 20]);
    expect(summary["left_out"]).toEqual({ unfinished: 1 });
    expect(text.slice(-2)).toEqual([
      "of 41 rows 40 are attributed and 1 left out",
      "left out 1, unfinished: the rows end before their attribution is complete",
    ]);
  });

  it("are no failure either where they are more than a tenth", async () => {
    const lines = [0, 1, 2].map((i) => `${at(i)},m,f,0.5\n${at(i)},m,g,0.5`);
    const { code, summary } = await replay([header, ...lines, `${at(3)},m,f,0.5`, ""].join("\n"));
    expect([code, summary["left_out"]]).toEqual([0, { unfinished: 1 }]);
  });
});

describe("a line that is too long is told as that", () => {
  it("with its number, and not as an open quote", async () => {
    const content = rows(`${at(19)},m,${"f".repeat(1_200_000)},0.5`);
    await expect(replay(content)).rejects.toThrow(
      "line 42: the line has more than 1,000,000 characters",
    );
  });

  it("also where it is the first", async () => {
    await expect(replay("x".repeat(1_200_000))).rejects.toThrow("line 1: the line has more than");
  });

  it("and an open quote as an open quote", async () => {
    const open = `"${"f\n".repeat(600_000)}`;
    await expect(replay(rows(`${at(19)},m,${open}`))).rejects.toThrow(
      "line 42: a quoted field does not end",
    );
  });
});

describe("columns", () => {
  it("one column has one role", async () => {
    const named = { columns: { names: { model: "feature" } } };
    expect(await refusal(rows(), named)).toMatchObject({
      message: expect.stringContaining("the column feature would be the model and the feature"),
      hint: expect.stringContaining("--columns model=NAME"),
    });
  });

  it("a header of one column leads to --delimiter", async () => {
    expect(await refusal("timestamp:model:feature:importance\n1:2:3:4\n")).toMatchObject({
      message: expect.stringContaining("there is one column: timestamp:model:feature:importance"),
      hint: expect.stringContaining('--delimiter ":"'),
    });
  });
});

describe("what is no CSV has a sentence of its own (FR-P2)", () => {
  const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
  const tar = Buffer.concat([Buffer.alloc(257, "rows.csv"), Buffer.from("ustar\u000000")]);

  it.each<readonly [what: string, content: Uint8Array, words: string, hint: string]>([
    ["a picture", png, "is a picture", "CSV"],
    ["UTF-32", utf32(rows()), "is UTF-32", "iconv -f UTF-32"],
    ["gzip in gzip", gzipSync(gzipSync(rows())), "packed with gzip twice", "gzip -dc"],
    ["a tar archive", gzipSync(tar), "is a tar archive", "tar -xOf"],
    ["zero bytes", Buffer.from("a,b\u0000,c\n1,2,3,4,5,6\n"), "is no text", "UTF-8"],
    ["a page", Buffer.from("<!doctype html>"), "is HTML or XML", "CSV"],
  ])("%s", async (...[, content, words, hint]) => {
    expect(await refusal(content)).toMatchObject({
      code: "DW_CLI_FILE",
      message: expect.stringContaining(words),
      hint: expect.stringContaining(hint),
    });
  });

  it("a file with a header alone has no rows", async () => {
    expect(await refusal(`${header}\n`)).toMatchObject({
      message: "there is nothing here to judge: it has no rows",
      hint: expect.stringContaining("A file needs rows below the line that names the columns"),
    });
  });
});

describe("a time that cannot be read is told by its kind", () => {
  it.each([
    ["2026-01-01 24:00:00", "has an hour 24"],
    ["2026-01-01T10:60:00Z", "has a minute 60"],
    ["2026-12-31T23:59:60Z", "has a second 60"],
    ["31.01.2026 12:00", "which number is the day"],
    ["2026-01-31 1:00 PM", "counts twelve hours"],
    ["2026/01/31", "has no dashes"],
    ["2026-1-31", "two digits"],
    ["2026-02-30", "is no time that a calendar"],
    ["20260131", "is a number, and no time"],
    ["Jan 31 2026", "has words"],
    ["soon!", "is no time"],
  ])("%s", async (cell, words) => {
    const content = Array.from({ length: 20 }, () => `${cell},m,f,0.5`).join("\n");
    const error = await refusal(`${header}\n${content}\n`);
    expect(error).toMatchObject({ message: expect.stringContaining(words) });
  });
});

describe("a decimal comma is read where it can be read in one way (FR-P2)", () => {
  it("in a file with semicolons", async () => {
    const lines = Array.from(
      { length: 20 },
      (_, i) => `${at(i)};m;f;0,${i + 10}\n${at(i)};m;g;1,5`,
    );
    const { summary, code } = await replay(`${header.replaceAll(",", ";")}\n${lines.join("\n")}\n`);
    expect([code, summary["left_out"], summary["without_number"]]).toEqual([0, {}, 0]);
  });

  it.each([
    [["0,25", "1,234"], true],
    [["0,25", "1e-3"], true],
    [["12,5", ""], true],
    [["1,234", "2,500"], false],
    [["0,25", "0.5"], false],
    [["1,234,567"], false],
    [["0.25"], false],
  ])("%j: %s", (cells, expected) => {
    expect(hasDecimalComma(cells)).toBe(expected);
  });

  it("a cell that may be one or a thousand is left out and told", async () => {
    const lines = Array.from({ length: 20 }, (_, i) => `${at(i)};m;f;1,234`);
    const error = await refusal(`${header.replaceAll(",", ";")}\n${lines.join("\n")}\n`);
    expect(error).toMatchObject({
      message: expect.stringContaining('importance "1,234" may be read in two ways'),
    });
  });
});

describe("detect tells what it could not rely on", () => {
  it.each([
    ["no number", (i: number) => `${at(i)},NaN,`, "Nearly no row has a number"],
    ["time that goes back", (i: number) => `${at(40 - i)},1,2`, "go back in time"],
  ])("%s: exit code 1", async (_, row, words) => {
    const { code, said } = await detect(table(row));
    expect([code, said.includes(words)]).toEqual([1, true]);
  });

  it("rows of 2099 are told, with the first", async () => {
    const { code, said } = await detect(table((i) => `${at(i).replace("2026", "2099")},1,2`));
    expect(code).toBe(0);
    expect(said).toContain("20 of 20 rows lie more than an hour ahead of the clock");
    expect(said).toContain("line 2: 2099-01-01T00:00:00.000Z");
  });

  it("an infinite time has the reason that it has in replay", async () => {
    const { said } = await detect(table((i) => `${i === 5 ? "infinity" : at(i)},1,2`));
    expect(said).toContain("left out 1, non_finite_time");
    const { summary } = await replay(rows("infinity,m,f,0.5"));
    expect(summary["left_out"]).toEqual({ non_finite_time: 1 });
  });

  it("reads a decimal comma", async () => {
    const { code, said } = await detect(
      table((i) => `${at(i)},1,2`)
        .replaceAll(",", ";")
        .replaceAll(";1;2", ";0,5;1,25"),
    );
    expect([code, said]).toEqual([0, ""]);
  });
});
