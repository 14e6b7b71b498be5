/** FR-P1, FR-P2: tables with a column for each feature. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FileRow } from "../../src/replay/file-row.ts";
import { type FileFormat, readImportances } from "../../src/replay/files.ts";
import { LeftOut } from "../../src/replay/left-out.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dw-wide-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(lines: readonly string[], format: FileFormat = {}) {
  const file = join(folder, "table.csv");
  writeFileSync(file, `${lines.join("\n")}\n`);
  const taken: FileRow[] = [];
  const said: string[] = [];
  const leftOut = new LeftOut();
  const { rows } = await readImportances(file, format, {
    leftOut,
    say: (line) => said.push(line),
    take: (row) => taken.push(row),
  });
  const examples = [...leftOut.reasons.values()].map(({ example }) => example);
  return { rows, said, examples, left: leftOut.counts(), taken: taken.map(shown) };
}

const shown = ({ ts, model, feature, importance }: FileRow): string =>
  `${new Date(ts / 1000).toISOString().slice(11, 16)} ${model} ${feature}=${importance}`;

const at = (minute: number): string => `2026-01-05 10:${String(minute).padStart(2, "0")}:00`;

describe("a table with a column for each feature", () => {
  it("is recognised by its columns of numbers, and said", async () => {
    const lines = [
      "timestamp,model,age,income",
      `${at(1)},churn,0.25,0.75`,
      `${at(2)},churn,0.3,0.7`,
    ];
    const { rows, taken, said } = await read(lines);
    expect(rows).toBe(4);
    expect(taken).toEqual([
      "10:01 churn age=0.25",
      "10:01 churn income=0.75",
      "10:02 churn age=0.3",
      "10:02 churn income=0.7",
    ]);
    expect(said).toEqual([
      `${join(folder, "table.csv")}: read as a wide table: each of 2 columns is a feature (age, income)`,
    ]);
  });

  it("has one model where no column names one", async () => {
    const { taken } = await read(["ts,a,b", `${at(1)},1,2`]);
    expect(taken).toEqual(["10:01 default a=1", "10:01 default b=2"]);
  });

  it("leaves out an empty cell, and counts a cell that is no number", async () => {
    const lines = [
      "timestamp,a,b,c",
      `${at(1)},,0.5,NaN`,
      `${at(2)},x,,1`,
      `never,1,2,3`,
      `${at(3)},1`,
    ];
    const { rows, taken, left } = await read(lines, { wide: true });
    expect(taken).toEqual(["10:01 default b=0.5", "10:01 default c=NaN", "10:02 default c=1"]);
    expect(left).toEqual({ bad_importance: 1, bad_timestamp: 1, wrong_width: 1 });
    expect(rows).toBe(taken.length + 3);
  });

  it("names line and column of a cell that is no number", async () => {
    const { examples } = await read(["timestamp,a,b", `${at(1)},1,2`, `${at(2)},3,4%`], {
      wide: true,
    });
    expect(examples).toEqual([
      `${join(folder, "table.csv")}, line 3: column "b": importance "4%" is no number. Write a plain number such as 0.25`,
    ]);
  });

  it("may have thousands of columns, also where the header is longer than what is read at once", async () => {
    const names = Array.from({ length: 6000 }, (_, i) => `feature_with_a_long_name_${i}`);
    const cells = names.map((_, i) => i / 10);
    const { rows, taken } = await read([
      `timestamp,${names.join(",")}`,
      `${at(1)},${cells.join(",")}`,
    ]);
    expect(rows).toBe(6000);
    expect(taken.at(-1)).toBe("10:01 default feature_with_a_long_name_5999=599.9");
  });

  it("has a decimal comma in a column where the program wrote one", async () => {
    const { taken } = await read(["timestamp;a;b", `${at(1)};0,25;1`]);
    expect(taken).toEqual(["10:01 default a=0.25", "10:01 default b=1"]);
  });

  it("keeps odd names of features as data, without what is not printed", async () => {
    const names = ["__proto__", "constructor", '"a,""b"', "\u001b[31mred", "=1+1"];
    const { taken } = await read([`timestamp,${names.join(",")}`, `${at(1)},1,2,3,4,5`]);
    expect(taken.map((line) => line.split(" ").slice(2).join(" "))).toEqual([
      "__proto__=1",
      "constructor=2",
      'a,"b=3',
      " [31mred=4",
      "=1+1=5",
    ]);
  });

  it("leaves out the counter without a name that pandas writes first", async () => {
    const { taken } = await read([",timestamp,a,b", `0,${at(1)},1,2`, `1,${at(2)},3,4`]);
    expect(taken).toHaveLength(4);
  });

  it.each([
    [["timestamp,a,b,a", `${at(1)},1,2,3`], "the column a stands there twice"],
    [["timestamp,a,region", `${at(1)},1,eu`], "region holds no numbers"],
    [["timestamp,model", `${at(1)},m`], "there is no column of a feature"],
    [[`timestamp,${"n".repeat(30_000)},b`, `${at(1)},1,2`], "30000 bytes"],
    [["a,b", "1,2"], "for the timestamp"],
  ])("with --wide, what cannot be read is refused with a sentence: %#", async (lines, words) => {
    await expect(read(lines, { wide: true })).rejects.toThrow(words);
  });
});

describe("a table that may be wide or not", () => {
  it("is refused where a time stands in several lines, and says both ways out", async () => {
    const lines = [
      "timestamp,kind,part",
      ...[1, 2, 3].flatMap((m) => [`${at(m)},1,0.5`, `${at(m)},2,0.5`]),
    ];
    const error = await read(lines).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "DW_CLI_FILE",
      message: expect.stringContaining("each time stands in several lines"),
      hint: expect.stringMatching(/--columns feature=NAME.*--wide/),
    });
    expect((await read(lines, { wide: true })).rows).toBe(12);
  });

  it.each([
    [["timestamp,name,number", `${at(1)},age,0.5`]],
    [["timestamp,number", `${at(1)},0.5`]],
    [["timestamp,feature,number", `${at(1)},age,0.5`]],
    [["timestamp,a,b"]],
  ])("%j is no wide table by itself, and the refusal names --wide", async (lines) => {
    const error = await read(lines).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "DW_CLI_FILE",
      message: expect.stringContaining("no column"),
    });
  });

  it("with a column for the feature and one for the importance is read line by line", async () => {
    const { taken, said } = await read([
      "timestamp,feature,importance,extra",
      `${at(1)},age,0.5,7`,
    ]);
    expect(taken).toEqual(["10:01 default age=0.5"]);
    expect(said).toEqual([]);
  });
});
