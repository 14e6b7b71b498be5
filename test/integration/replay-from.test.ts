import { beforeAll, describe, expect, it } from "vitest";
import { fileWith } from "../cli/files.ts";
import { at, csv, faulty } from "../cli/importance-files.ts";
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
  it("finds with SELECT alone, and told of the same markers, what it finds in the same rows as a file", async () => {
    const rows = fileWith("rows.csv", csv(faulty));
    const retrain = `timestamp,model,marker\n${at(299.9)},churn,retrain\n`;
    const replay = ["replay", "--json", "--markers", fileWith("markers.csv", retrain)];
    const fromFile = linesOf(await runCommand([...replay, "--csv", rows]));
    const fromTable = linesOf(await runCommand([...replay, "--from", source.readonlyUrl]));
    expect(fromFile.length).toBeGreaterThan(1);
    expect(withoutSeconds(fromTable)).toEqual(withoutSeconds(fromFile));
    // Without the marker an episode opens at 301; what came then is its normal, and the end of it is not.
    expect(String(fromTable[0]?.["start"]) > at(319)).toBe(true);
  });

  it.each([
    { command: "replay", type: "bigint", unit: "milliseconds", factor: 1000 },
    { command: "tune", type: "numeric", unit: "seconds", factor: 1 },
  ])(
    "$command reads objects, and a time of type $type in the $unit that fit it",
    async ({ command, type, unit, factor }) => {
      const other = await sources.newSource(
        `${table}; CREATE TABLE shap (at ${type}, model text, imp jsonb)`,
      );
      await sql(
        other.url,
        `INSERT INTO shap SELECT 1767225600::numeric * ${factor} + i * 600 * ${factor}, 'churn',
         jsonb_build_object('age', 0.5 + i % 7 * 0.01, 'income', 0.3) FROM generate_series(1, 300) i;
       GRANT SELECT ON shap TO readonly`,
      );
      const from = ["--from", other.readonlyUrl, "--table", "shap", "--columns"];
      const { code, out, err } = await runCommand([
        command,
        "--json",
        ...from,
        "timestamp=at,values=imp",
      ]);
      expect(err).toContain(
        `the column at counts ${unit} since 1970\nthe column model names the model`,
      );
      expect(err).toContain("read 600 rows of shap");
      expect(code).toBe(0);
      expect(out).not.toBe("");
    },
  );

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
    const other = await copyOf(source);
    await sql(
      other.url,
      "INSERT INTO explainability_metrics VALUES ('2025-12-28', 'churn', 'f1', 0.1)",
    );
    const from = ["--from", other.readonlyUrl, "--last", "1h"];
    const { out, err } = await runCommand(["replay", "--json", ...from]);
    // The newest row is of 6 January 2026, whatever the clock says.
    expect(err).toMatch(
      /^the column model names the model\nread 4800 rows of explainability_metrics\n$/,
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

const lastLine = ({ out }: Ended): unknown => JSON.parse(out.trim().split("\n").at(-1)!);

describe("replay from whatever people have in their database", () => {
  it.each([
    ["a view", "CREATE VIEW shape AS SELECT * FROM explainability_metrics"],
    [
      "a partitioned table",
      `CREATE TABLE shape (LIKE explainability_metrics) PARTITION BY RANGE ("timestamp");
       CREATE TABLE shape_rows PARTITION OF shape DEFAULT;
       INSERT INTO shape SELECT * FROM explainability_metrics`,
    ],
    [
      "columns of other names, with --columns",
      `CREATE VIEW shape AS SELECT "timestamp" AS at, model AS who, feature_name AS what, importance AS share
       FROM explainability_metrics`,
    ],
    [
      "objects",
      `CREATE TABLE shape AS SELECT (extract(epoch FROM "timestamp") * 1000)::bigint AS ms, "timestamp" AS at, model AS who,
         jsonb_object_agg(feature_name, importance) AS shap FROM explainability_metrics GROUP BY 2, 3`,
    ],
    [
      "a view of objects",
      `CREATE VIEW shape AS SELECT "timestamp" AS at, model AS who,
         json_object_agg(feature_name, importance) AS shap FROM explainability_metrics GROUP BY 1, 2`,
    ],
  ])("finds in %s what it finds in the table (FR-B8)", async (what, ddl) => {
    const other = await copyOf(source);
    await sql(other.url, `${ddl}; GRANT SELECT ON shape TO PUBLIC`);
    const columns = what.startsWith("columns")
      ? ["--columns", "timestamp=at,model=who,feature=what,importance=share"]
      : what.includes("objects")
        ? ["--columns", "timestamp=at,model=who,values=shap"]
        : [];
    const from = ["--from", other.readonlyUrl, "--table", "shape", ...columns];
    const found = linesOf(await runCommand(["replay", "--json", ...from]));
    const expected = linesOf(await runCommand(["replay", "--json", "--from", source.readonlyUrl]));
    expect(withoutSeconds(found)).toEqual(withoutSeconds(expected));
  });

  it("leaves rows at infinity and without a name out, ends, and --last goes by the others (FR-B3)", async () => {
    const other = await copyOf(source);
    await sql(
      other.url,
      `INSERT INTO explainability_metrics VALUES ('infinity', 'churn', 'f1', 0.1),
         ('-infinity', 'churn', 'f1', 0.1), (NULL, 'churn', 'f1', 0.1), ('2026-01-05', 'churn', NULL, 0.1),
         ('1970-01-01', 'churn', 'f1', 0.1)`,
    );
    const from = ["--json", "--from", other.readonlyUrl];
    const all = await runCommand(["replay", ...from]);
    const left_out = { non_finite_time: 2, null_timestamp: 1, null_feature: 1, stray_time: 1 };
    expect(lastLine(all)).toMatchObject({ summary: { rows: 4805, episodes: 1, left_out } });
    const last = await runCommand(["replay", ...from, "--last", "10h"]);
    expect(lastLine(last)).toMatchObject({
      summary: { episodes: 1, left_out: { non_finite_time: 1 } },
    });
    const tuned = await runCommand(["tune", ...from]);
    expect(lastLine(tuned)).toMatchObject({ advice: { weeks: 0.2, left_out } });
  });

  it("refuses a table whose importances are text that is no number, with an example (FR-B4)", async () => {
    const other = await sources.newSource(
      `CREATE TABLE explainability_metrics ("timestamp" timestamptz, feature_name text, importance text)`,
    );
    const empty = await runCommand(["replay", "--from", other.readonlyUrl]);
    expect([empty.code, empty.err]).toEqual([2, expect.stringContaining("it has no rows")]);
    await sql(
      other.url,
      `INSERT INTO explainability_metrics
       SELECT now() - i * interval '1 minute', f, '0,25' FROM generate_series(1, 50) i, unnest(array['a', 'b', 'c']) f`,
    );
    const { code, err } = await runCommand(["replay", "--from", other.readonlyUrl]);
    expect(code).toBe(2);
    expect(err).toContain(
      'all 150 rows were left out, bad_importance: explainability_metrics: importance "0,25" is no number',
    );
  });

  it("says that several models were read as one, and which column may name them (FR-B6)", async () => {
    const other = await sources.newSource(
      `CREATE TABLE explainability_metrics ("timestamp" timestamptz, feature_name text, importance float8, modell text)`,
    );
    await sql(
      other.url,
      `INSERT INTO explainability_metrics
       SELECT now() - i * interval '1 minute', f, random(), m
       FROM generate_series(1, 50) i, unnest(array['a', 'b', 'c']) f, unnest(array['x', 'y', 'z']) m`,
    );
    const { code, err } = await runCommand(["replay", "--from", other.readonlyUrl]);
    expect(code).toBe(1);
    expect(err).toContain("text stands in modell (3 values)");
  });
});

/** The rows of the source in a database of their own. */
async function copyOf({ url }: TestDatabase): Promise<TestDatabase> {
  const other = await sources.newSource(table);
  const rows = await sql(url, "SELECT json_agg(m)::text AS rows FROM explainability_metrics m");
  await sql(
    other.url,
    `INSERT INTO explainability_metrics
     SELECT * FROM json_populate_recordset(NULL::explainability_metrics, $rows$${String(rows[0]?.["rows"])}$rows$)`,
  );
  return other;
}
