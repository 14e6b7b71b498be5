/** Cells that look like a time or a number and are none, and files that are damaged. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { runReplay } from "../../src/cli/replay.ts";
import { runTune } from "../../src/cli/tune.ts";
import { parseTime } from "../../src/replay/cells.ts";
import { csvSources } from "../../src/replay/csv-source.ts";
import { fileWith } from "../cli/files.ts";

const header = "timestamp,model,feature,importance";

function rowsOf(importance: (i: number) => string): string {
  const rows = Array.from({ length: 40 }, (_, i) => {
    const time = new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString();
    return `${time},m,f,${importance(i)}\n${time},m,g,${importance(i)}\n`;
  });
  return `${header}\n${rows.join("")}`;
}

type Command = "replay" | "tune";

const detectionOf = () => ({ detectorTypes });

async function outcome(
  command: Command,
  content: string | Uint8Array,
): Promise<{ readonly code: number; readonly said: readonly string[] }> {
  const said: string[] = [];
  const io = { stdout: () => {}, say: (line: string) => void said.push(line) };
  const sources = csvSources([fileWith("rows.csv", content)]);
  if (command === "replay")
    return { code: await runReplay({ sources, detectorTypes, json: true }, io), said };
  const incidents = { resolveAfterMs: 900_000, reopenDurationMs: 3_600_000, fixes: [] };
  return { code: await runTune({ input: { sources }, detectionOf, incidents }, io), said };
}

describe("a time that no calendar has is no time (FR-P2)", () => {
  it.each([
    "2024-13-01T00:00:00Z",
    "2024-00-10",
    "2024-02-30",
    "2024-01-00",
    "2024-03-01T00:00:00+99:99",
    "2024-03-01T00:00:00+16",
    "2024-03-01T00:00:00+01:60",
  ])("%s", (cell) => {
    expect(parseTime(cell)).toBeUndefined();
  });

  it.each([
    ["2024-02-29T23:59:59+14:00", "2024-02-29T09:59:59.000Z"],
    ["0001-01-01", "0001-01-01T00:00:00.000Z"],
    ["0024-02-29 12:00:00 UTC", "0024-02-29T12:00:00.000Z"],
    ["2024-12-31 23:59:59-1130", "2025-01-01T11:29:59.000Z"],
  ])("%s is one", (cell, iso) => {
    expect(parseTime(cell)).toBe(Date.parse(iso) * 1000);
  });
});

describe("a file whose importances are no numbers was not judged (FR-B4)", () => {
  it.each(["replay", "tune"] as const)("%s says so and exits 1", async (command) => {
    for (const word of ["", "NULL", "NaN", "-inf", "1e400"]) {
      const { code, said } = await outcome(
        command,
        rowsOf(() => word),
      );
      expect([word, code]).toEqual([word, 1]);
      expect(said.join("\n")).toMatch(
        /The importance is NULL, NaN or infinite in 80 of 80 rows.*--columns importance=NAME/,
      );
    }
  });

  it("takes a file of which a half has none: how often a value is bad is a habit", async () => {
    const { code, said } = await outcome(
      "replay",
      rowsOf((i) => (i % 2 === 0 ? "" : "0.5")),
    );
    expect([code, said]).toEqual([0, []]);
  });
});

describe("what cannot be read is refused with what to do", () => {
  it.each([
    ["yesterday,m,f,1", "timestamp"],
    ["2026-01-01,m,,1", "feature"],
    ["2026-01-01,m,f,x", "importance"],
  ])("%s: the hint names the column %s", async (row, role) => {
    await expect(outcome("replay", `${header}\n${row}\n`)).rejects.toMatchObject({
      code: "DW_CLI_NOTHING_TO_JUDGE",
      hint: expect.stringContaining(`--columns ${role}=NAME`),
    });
  });

  it("says what the reason means when it has no example", async () => {
    const day = Array.from({ length: 20 }, (_, i) => `2026-01-01,m,f,0.${i}1`).join("\n");
    await expect(outcome("replay", `${header}\n${day}\n`)).rejects.toMatchObject({
      message: expect.stringMatching(/left out, second_value: their feature has another value/),
    });
  });

  it.each([
    ["cut off", (packed: Buffer) => packed.subarray(0, packed.length / 2)],
    ["followed by something else", (packed: Buffer) => Buffer.concat([packed, Buffer.from("x y")])],
  ] as const)("gzip that is %s", async (_, damaged) => {
    const packed = gzipSync(rowsOf((i) => `0.${i}`));
    await expect(outcome("replay", damaged(packed))).rejects.toMatchObject({
      code: "DW_CLI_FILE",
      hint: expect.stringContaining("gzip -t FILE"),
    });
  });
});
