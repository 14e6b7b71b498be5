import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { isBlank, readCsv } from "../../src/replay/csv.ts";
import { fileWith } from "../cli/files.ts";

async function read(file: string): Promise<readonly (readonly [number, readonly string[]])[]> {
  const rows: [number, readonly string[]][] = [];
  for await (const batch of readCsv(file)) {
    const lines = batch.rows.map((cells, i): [number, readonly string[]] => [
      batch.lineOf(i),
      cells,
    ]);
    rows.push(...lines.filter(([, cells]) => batch.header.length === 1 || !isBlank(cells)));
  }
  return rows;
}

describe("a CSV file", () => {
  it("may have quotes, quoted commas, doubled quotes and quoted line breaks", async () => {
    const file = fileWith("a.csv", 'a,b\n"1,5","say ""hi"""\n"two\nlines",3\n4,5\n');
    expect(await read(file)).toEqual([
      [2, ["1,5", 'say "hi"']],
      [4, ["two\nlines", "3"]],
      [5, ["4", "5"]],
    ]);
  });

  it("may have a byte order mark, Windows line ends, blank lines and no last line end", async () => {
    const file = fileWith("a.csv", "\uFEFFa,b\r\n1,2\r\n\r\n3,4");
    expect(await read(file)).toEqual([
      [2, ["1", "2"]],
      [4, ["3", "4"]],
    ]);
  });

  it("may be packed", async () => {
    expect(await read(fileWith("a.csv.gz", gzipSync("a\n1\n")))).toEqual([[2, ["1"]]]);
  });

  it("is read across the borders of its chunks", async () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `${i},"x\n${i}"`);
    const rows = await read(fileWith("a.csv", `n,text\n${lines.join("\n")}\n`));
    expect(rows).toHaveLength(50_000);
    expect(rows.at(-1)).toEqual([100_001, ["49999", "x\n49999"]]);
  });

  it.each([
    ["is missing", () => "/nowhere/a.csv", /reading \/nowhere\/a.csv: ENOENT/],
    ["is empty", () => fileWith("a.csv", ""), /a\.csv is empty/],
    [
      "has an open quote",
      () => fileWith("a.csv", 'a,b\n1,"2\n'),
      /line 2: a quoted field does not end/,
    ],
    [
      "is not packed as it says",
      () => fileWith("a.csv.gz", "a,b\n"),
      /is named .gz and is not packed/,
    ],
  ])("that %s is refused with its place", async (_, file, message) => {
    await expect(read(file())).rejects.toMatchObject({
      code: "DW_CLI_FILE",
      message: expect.stringMatching(message),
    });
  });
});
