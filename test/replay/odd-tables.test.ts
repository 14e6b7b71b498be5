/** A refusal of a table says a next step that can be taken, and a column that may be no feature is named (FR-P2). */
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { CliError } from "../../src/cli/errors.ts";
import { delimiterOf } from "../../src/cli/history-options.ts";
import { runReplay } from "../../src/cli/replay.ts";
import { csvSources } from "../../src/replay/csv-source.ts";
import { FileError } from "../../src/replay/errors.ts";
import type { FileFormat } from "../../src/replay/files.ts";
import { fileWith } from "../cli/files.ts";

const header = "timestamp,model,feature,importance";
const at = (i: number): string => new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString();
const lines = (line: (time: string, i: number) => string): string =>
  Array.from({ length: 9 }, (_, i) => `${line(at(i), i)}\n`).join("");

async function replay(content: string, format: FileFormat = {}) {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const sources = csvSources([fileWith("rows.csv", content)], { ...format, say });
  const io = { stdout: () => undefined, say };
  const code = await runReplay({ sources, detectorTypes, json: true }, io);
  return { code, said: said.join("\n") };
}

const refusal = async (content: string, format?: FileFormat) =>
  replay(content, format).then(
    () => expect.fail("the file was read"),
    (error: unknown) =>
      error instanceof FileError || error instanceof CliError ? error : Promise.reject(error),
  );

describe("the separator that a refusal prints", () => {
  it.each(["\u0001", " ", "~", "\\"])("is accepted as printed: %j", async (sign) => {
    const content = `${header}\n${lines((time) => `${time},m,f,0.5`)}`.replaceAll(",", sign);
    const error = await refusal(content);
    const printed = /--delimiter (".+")\.$/.exec(error.hint ?? "")?.[1] ?? "";
    // A shell leaves all of the quoted text as it is, except for an escaped backslash.
    const typed = printed.slice(1, -1).replace("\\\\", "\\");
    expect(await replay(content, { delimiter: delimiterOf(typed) })).toMatchObject({ code: 0 });
  });

  it.each(["\n", "\\u000a", '"', "\\u0022", "ab", ""])("cannot be %j", (text) => {
    expect(() => delimiterOf(text)).toThrow("is not one character");
  });
});

describe("a first line that names no columns", () => {
  it.each<readonly [what: string, first: string, message: string, hint: string]>([
    ["an empty one", "", "the first line is empty", "Remove the empty lines above it"],
    ["a remark", "# of today", "there is one column: # of today", "Remove the lines above it"],
    ["the edge of a box", "+----+", "there is one column: +----+", "Remove the lines above it"],
    ["one in quotes", `"${header}"`, "there is one column: timestamp", "remove these quotes"],
  ])("%s is told as what it is", async (...[, first, message, hint]) => {
    const error = await refusal(`${first}\n${header}\n${lines((time) => `${time},m,f,0.5`)}`);
    expect(error).toMatchObject({
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
    expect(error).toMatchObject({ hint: expect.not.stringContaining("--delimiter") });
  });
});

describe("a file of which nothing can be used", () => {
  it("with no rows leads to rows, and to the rights on a table (FR-B5)", async () => {
    expect(await refusal(`${header}\n`)).toMatchObject({
      hint: expect.stringMatching(
        /rows below the line.*a table needs rows that this role may read/,
      ),
    });
  });

  it("with cells too many leads to quotes and the separator", async () => {
    const content = `${header}\n${lines((time) => `${time},m,f,0,5`)}`;
    expect(await refusal(content)).toMatchObject({
      message: expect.stringContaining("5 fields, the header has 4"),
      hint: expect.stringContaining("in double quotes"),
    });
  });

  it("with times cut to the day leads to full times and the model", async () => {
    const content = `${header}\n${lines((time, i) => `${time.slice(0, 10)},m,f,0.${i + 1}`)}`;
    expect(await refusal(content)).toMatchObject({
      message: expect.stringContaining("second_value"),
      hint: expect.stringMatching(/full times.*--columns model=NAME/),
    });
  });
});

describe("whole numbers in a wide table", () => {
  const table = `timestamp,age,income,id\n${lines((time, i) => `${time},0.3,0.${i + 1},${1000 + i}`)}`;

  it("are doubted as a feature, with the command that leaves them out", async () => {
    const { said } = await replay(table);
    expect(said).toContain(
      "id has only whole numbers. If it is no feature: --columns features=age+income",
    );
  });

  it("are no doubt where a person named the features, or where all are whole", async () => {
    const columns = { features: ["age", "income", "id"] };
    expect((await replay(table, { columns })).said).toMatch(/is a feature \(age, income, id\)$/);
    const counts = `timestamp,a,b\n${lines((time, i) => `${time},${i},7`)}`;
    expect((await replay(counts)).said).toMatch(/is a feature \(a, b\)$/);
  });

  it("are no doubt where they are zero or one, as a feature without weight has", async () => {
    const sparse = `timestamp,a,b\n${lines((time, i) => `${time},0.${i + 1},0`)}`;
    expect((await replay(sparse)).said).toMatch(/is a feature \(a, b\)$/);
  });
});
