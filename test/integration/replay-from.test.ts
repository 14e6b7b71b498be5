import { beforeAll, describe, expect, it } from "vitest";
import { fileWith } from "../cli/files.ts";
import { csv, faulty } from "../cli/importance-files.ts";
import { type Ended, runCommand } from "../programs/command.ts";
import { sql, type TestDatabase } from "../programs/postgres.ts";
import { withSource } from "../programs/source.ts";

const sources = withSource();
let source: TestDatabase;

const table = `CREATE TABLE explainability_metrics (
  "timestamp" timestamptz, model text, feature_name text, importance double precision)`;

beforeAll(async () => {
  source = await sources.newSource(table);
  const rows = faulty.map((line) => {
    const [time, model, feature, importance] = line.split(",");
    return `('${time}', '${model}', '${feature}', ${importance})`;
  });
  await sql(source.url, `INSERT INTO explainability_metrics VALUES ${rows.join(",")}`);
});

function linesOf({ code, out }: Ended): readonly Record<string, unknown>[] {
  expect(code).toBe(0);
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Without how long it took. */
const withoutSeconds = (lines: readonly Record<string, unknown>[]): readonly unknown[] =>
  lines.map((line) => ({ ...line, summary: { ...Object(line["summary"]), seconds: 0 } }));

describe("replay from a database", () => {
  it("finds with SELECT alone what it finds in the same rows as a file", async () => {
    const rows = fileWith("rows.csv", csv(faulty));
    const fromFile = linesOf(await runCommand(["replay", "--json", "--csv", rows]));
    const fromTable = linesOf(await runCommand(["replay", "--json", "--from", source.readonlyUrl]));
    expect(fromFile.length).toBeGreaterThan(1);
    expect(withoutSeconds(fromTable)).toEqual(withoutSeconds(fromFile));
  });

  it("takes sources from a configuration whose secrets are elsewhere", async () => {
    const config = fileWith(
      "driftwarden.yaml",
      `store: {url_file: /nowhere/store-url}
sources: {main: {url: "${source.readonlyUrl}", columns: {model: model}}}
jira: {url: "http://127.0.0.1:2990", user: bot, token_file: /nowhere/token, project: IR}
`,
    );
    const lines = linesOf(await runCommand(["tune", "--json", "--config", config]));
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatchObject({ sensitivity: "normal", tickets: 1 });
  });

  it("reads no more of the past than was asked for and a week to learn from", async () => {
    const { out, err } = await runCommand([
      "replay",
      "--json",
      "--from",
      source.readonlyUrl,
      "--last",
      "1h",
    ]);
    // The rows are of January 2026, which is longer ago.
    expect(err).toMatch(
      /^the column model names the model\nread 0 rows of explainability_metrics\n$/,
    );
    expect(JSON.parse(out.trim().split("\n").at(-1)!).summary.episodes).toBe(0);
  });

  it("ends with 75 when the database does not answer", async () => {
    const { code, err } = await runCommand([
      "replay",
      "--from",
      "postgres://readonly@127.0.0.1:1/nowhere",
    ]);
    expect(code).toBe(75);
    expect(err).toContain("code: DW_SOURCE_UNREACHABLE");
  });
});
