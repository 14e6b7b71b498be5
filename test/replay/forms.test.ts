import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { runReplay } from "../../src/cli/replay.ts";
import { type CsvSourceOptions, csvSources } from "../../src/replay/csv-source.ts";
import { fileWith } from "../cli/files.ts";

const vector = (name: string): Buffer =>
  readFileSync(new URL(`../vectors/field-reports/${name}.csv`, import.meta.url));

const inOrder = vector("01-in-time-order").toString();
const lines = inOrder.trimEnd().split("\n").slice(1);

interface Summary {
  readonly rows: number;
  readonly attributions: number;
  readonly episodes: number;
  readonly left_out: Readonly<Record<string, number>>;
}

async function replay(
  content: string | Uint8Array,
  options: CsvSourceOptions = {},
): Promise<{ readonly code: number; readonly summary: Summary; readonly said: readonly string[] }> {
  const said: string[] = [];
  const printed: string[] = [];
  const say = (line: string): void => void said.push(line);
  const sources = csvSources([fileWith("rows.csv", content)], { say, ...options });
  const io = { stdout: (line: string) => void printed.push(line), say };
  const code = await runReplay({ sources, detectorTypes, json: true }, io);
  const { summary }: { summary: Summary } = JSON.parse(printed.at(-1)!);
  return { code, summary, said };
}

/** The rows of the file in another form. */
const rewritten = (form: (cells: readonly [string, string, string, string]) => string): string =>
  lines
    .map((line) => {
      const [time = "", model = "", feature = "", importance = ""] = line.split(",");
      return form([time, model, feature, importance]);
    })
    .join("\n");

const withTime = (form: (ms: number, iso: string) => string): string =>
  `timestamp,model,feature,importance\n${rewritten(([time, ...rest]) =>
    [form(Date.parse(time), time), ...rest].join(","),
  )}`;

const named = (header: string): string => `${header}\n${lines.join("\n")}\n`;

const utf16be = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, "utf16le").swap16();

type Form = readonly [what: string, content: string | Uint8Array, options?: CsvSourceOptions];

const rightForms: readonly Form[] = [
  ["in time order", inOrder],
  ["feature by feature (FR-B1)", vector("01-same-rows-feature-by-feature")],
  ["newest first", `timestamp,model,feature,importance\n${lines.toReversed().join("\n")}`],
  ["times in seconds since 1970", withTime((ms) => String(ms / 1000))],
  ["times in seconds with a fraction", withTime((ms) => `${ms / 1000}.250`)],
  ["times in milliseconds since 1970", withTime((ms) => String(ms))],
  ["times in microseconds since 1970", withTime((ms) => `${ms}000`)],
  ["times in nanoseconds since 1970", withTime((ms) => `${ms}000000`)],
  ["times with UTC behind them", withTime((_, iso) => iso.replace("T", " ").replace("Z", " UTC"))],
  ["times without a zone", withTime((_, iso) => iso.replace("T", " ").replace("Z", ""))],
  ["times with an offset", withTime((_, iso) => iso.replace("T", " ").replace("Z", "+00"))],
  ["a byte order mark", `\uFEFF${inOrder}`],
  ["Windows line ends", inOrder.replaceAll("\n", "\r\n")],
  ["old Mac line ends", inOrder.replaceAll("\n", "\r")],
  [
    "quoted cells",
    `timestamp,model,feature,importance\n${rewritten((cells) => cells.map((cell) => `"${cell}"`).join(","))}`,
  ],
  ["semicolons", inOrder.replaceAll(",", ";")],
  ["semicolons, as Excel says so", `sep=;\r\n${inOrder.replaceAll(",", ";")}`],
  ["tabs", inOrder.replaceAll(",", "\t")],
  ["bars", inOrder.replaceAll(",", "|")],
  ["a delimiter that is named", inOrder.replaceAll(",", "^"), { delimiter: "^" }],
  ["gzip, whatever the file's name", gzipSync(inOrder)],
  ["UTF-16, little end first", Buffer.from(`\uFEFF${inOrder}`, "utf16le")],
  ["UTF-16, big end first", utf16be(inOrder)],
  ["UTF-16 without a byte order mark", Buffer.from(inOrder, "utf16le")],
  ["columns in capitals", named("Timestamp,MODEL,Feature,Importance")],
  ["columns ts, model_name, feature_name, value", named("ts,model_name,feature_name,value")],
  ["a column datetime", named("datetime,model,feature,importance")],
  [
    "columns of any name, named",
    named("wann,welches,was,wieviel"),
    {
      columns: {
        names: { timestamp: "wann", model: "welches", feature: "was", importance: "wieviel" },
      },
    },
  ],
  [
    "columns as a configured source names them",
    named("wann,welches,was,wieviel"),
    {
      configured: [{ timestamp: "wann", model: "welches", feature: "was", importance: "wieviel" }],
    },
  ],
  [
    "other columns between",
    `id,timestamp,model,x,feature,importance\n${rewritten(([time, model, ...rest]) => ["1", time, model, "y", ...rest].join(","))}`,
  ],
  [
    "no column for the model",
    `timestamp,feature_name,importance\n${rewritten(([time, , ...rest]) => [time, ...rest].join(","))}`,
  ],
];

describe("the forms in which people have their rows (FR-P2)", () => {
  it.each(rightForms.map(([what, ...form]) => ({ what, form })))(
    "$what: gives the episode of the rows",
    async ({ form }) => {
      const [content, options] = form;
      const { code, summary, said } = await replay(content, options);
      expect(summary).toMatchObject({ rows: 480, attributions: 160, episodes: 1, left_out: {} });
      expect([code, ...said]).toEqual([0]);
    },
  );

  it("the inputs of the field reports are read as they are", async () => {
    const small = { rows: 60, attributions: 20, episodes: 0, left_out: {} };
    for (const name of ["06-epoch-milliseconds", "06-export-of-the-own-table"])
      expect(await replay(vector(name))).toMatchObject({ code: 0, summary: small });
    const { code, summary } = await replay(vector("06-one-empty-importance"));
    expect(code).toBe(0);
    expect(summary).toMatchObject({ rows: 480, attributions: 160, episodes: 1, left_out: {} });
  });

  it.each([
    ["of 2099 (FR-B2)", "2099-01-01T00:00:00Z", "stray_time"],
    ["of 9999", "9999-12-31T23:59:59Z", "stray_time"],
    ["of 1970", "1970-01-01T00:00:00Z", "stray_time"],
    ["of year 1", "0001-01-01T00:00:00Z", "stray_time"],
    ["of infinity (FR-B3)", "infinity", "non_finite_time"],
    ["of -infinity", "-infinity", "non_finite_time"],
    ["that is none", "soon", "bad_timestamp"],
    ["that is a row number", "17", "bad_timestamp"],
    ["that is a date without dashes", "20240301", "bad_timestamp"],
    ["that does not exist", "2024-02-30T00:00:00Z", "bad_timestamp"],
    ["that is empty", "", "null_timestamp"],
  ])("one row with a time %s is left out and counted", async (_, time, reason) => {
    const { code, summary } = await replay(`${inOrder}${time},m,age,0.3\n`);
    expect(code).toBe(0);
    expect(summary).toMatchObject({ rows: 481, attributions: 160, episodes: 1 });
    expect(summary.left_out).toEqual({ [reason]: 1 });
  });

  it("three rows with wild times on both sides are left out", async () => {
    const wild = ["2099-01-01T00:00:00Z", "2098-01-01T00:00:00Z", "1970-01-01T00:00:01Z"];
    const { summary } = await replay(
      `${inOrder}${wild.map((time) => `${time},m,age,0.3\n`).join("")}`,
    );
    expect(summary).toMatchObject({ episodes: 1, left_out: { stray_time: 3 } });
  });

  it.each([
    ["an importance that is no number", "2024-03-01T00:00:00Z,m,x,0;25", "bad_importance"],
    ["a feature without a name", "2024-03-01T00:00:00Z,m,,0.25", "null_feature"],
    ["a model without a name", "2024-03-01T00:00:00Z,,age,0.25", "null_model"],
    ["too few cells", "2024-03-01T00:00:00Z,m,age", "wrong_width"],
    ["too many cells", "2024-03-01T00:00:00Z,m,age,0,25", "wrong_width"],
  ])("one row with %s is left out and counted", async (_, line, reason) => {
    const { code, summary } = await replay(`${inOrder}${line}\n`);
    expect(code).toBe(0);
    expect(summary).toMatchObject({ rows: 481, episodes: 1, left_out: { [reason]: 1 } });
  });
});

const table = "timestamp,feature,importance,modell\n";
const melted = rewritten(([time, , feature, importance]) =>
  ["a", "b", "c"]
    .map((model, i) => `${time},${feature},${Number(importance) + i / 10},${model}`)
    .join("\n"),
);

describe("what is no table of rows", () => {
  it("says that several models were read as one, and which column may name them (FR-B6)", async () => {
    const { code, said } = await replay(table + melted);
    expect(code).toBe(1);
    expect(said[0]).toMatch(
      /Several models may be read as one: features come several times at one time, and text stands in modell \(3 values\)\. If it names the model: --columns model=modell/,
    );
    const apart = await replay(table + melted, { columns: { names: { model: "modell" } } });
    expect(apart).toMatchObject({ code: 0, said: [], summary: { rows: 1440, left_out: {} } });
  });

  it.each([
    [
      "Latin-1",
      Buffer.from(inOrder.replace("age", "Gr\u00f6\u00dfe"), "latin1"),
      /line 2: bytes that are not UTF-8 \(f6df\)/,
      /iconv -f WINDOWS-1252/,
    ],
    [
      "an Excel workbook",
      Buffer.from("PK\u0003\u0004xl"),
      /is a zip archive or an Excel workbook/,
      /CSV/,
    ],
    ["JSON", '[{"timestamp": 1}]', /is JSON/, /as CSV/],
    ["Parquet", "PAR1xxxx", /is Parquet/, /as CSV/],
    ["an empty file", "", /is empty/, /first line names the columns/],
    [
      "a header alone (FR-B5)",
      "timestamp,model,feature,importance\n",
      /nothing here to judge: it has no rows/,
      /rows below the line/,
    ],
    [
      "a file without a header",
      `${lines.join("\n")}\n`,
      /line 1: there is no column for the timestamp, for the feature, for the importance; there are: 2024-03-01T00:00:00Z, m, age/,
      /The first line looks like a row\. Write the names of the columns above it/,
    ],
    [
      "a file whose names are all its own",
      "wann,modell,merkmal,wert\n2024-03-01T00:00:00Z,m,age,0.3\n",
      /there is no column for the timestamp, for the feature, for the importance; there are: wann/,
      /--columns timestamp=NAME,feature=NAME,importance=NAME\./,
    ],
    [
      "a wide table with a column of text",
      "timestamp,age,income,region\n2024-03-01T00:00:00Z,1,2,eu\n",
      /there is no column for the feature/,
      /is a feature: --wide/,
    ],
    [
      "a column twice",
      "timestamp,model,feature,importance,Importance\n",
      /importance stands there twice/,
      /Rename/,
    ],
    [
      "days before months",
      withTime((_, iso) => iso.slice(0, 10).split("-").toReversed().join(".")),
      /timestamp "01\.03\.2024" does not tell which number is the day\. Write 2026-01-31\. Accepted are 2026-01-31T12:00:00Z/,
      /example/,
    ],
    [
      "a quote that does not end",
      `${inOrder}"2024-03-02T00:00:00Z,m,age,0.3\n`,
      /line 482: a quoted field does not end/,
      /Close it/,
    ],
  ] as const)("%s is refused with what to do", async (...[, content, message, hint]) => {
    await expect(replay(content)).rejects.toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });
});
