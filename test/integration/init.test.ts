/** From a database that nobody has described to a configuration that is right and finds the planted fault. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startPostgres } from "../../src/sandbox/postgres.ts";
import { type Ended, runCommand } from "../programs/command.ts";
import { newFolder, runInit } from "../programs/init.ts";
import { settingsOfTests, sql, type TestDatabase } from "../programs/postgres.ts";
import { withSource } from "../programs/source.ts";
import { standbyFolder } from "../programs/standby.ts";

const sources = withSource();

/** Ten days of two models, every half hour. Two hours ago `income` of `churn` collapsed. */
const times = `SELECT date_trunc('minute', now()) - i * interval '30 minutes' AS at, m, f,
  CASE WHEN m = 'churn' AND f = 'income' AND i < 5 THEN 0.02 ELSE w END * (1 + 0.02 * sin(i * 1.7 + w * 40)) AS v
  FROM generate_series(480, 0, -1) i, unnest(array['churn', 'fraud']) m,
       unnest(array['age', 'income', 'tenure'], array[0.5, 0.3, 0.2]) AS u(f, w)`;

/** A database with this table and these rows, which its role may only read. */
async function database(ddl: string): Promise<TestDatabase> {
  return await sources.newSource(
    `CREATE TABLE explainability_metrics (id int); ${ddl};
     GRANT SELECT ON ALL TABLES IN SCHEMA public TO readonly`,
  );
}

/** Statements as they were printed, without those of psql itself. */
const sqlOf = (out: string): readonly string[] =>
  out.split("\n").flatMap((line) => /^ {2}((?:CREATE|GRANT) .*;)$/.exec(line)?.[1] ?? []);

let stores = 0;
/** Runs what `init` printed for the store, with another name for each test. */
async function makeStore(url: string, config: string): Promise<string> {
  const name = `init_store_${(stores += 1)}`;
  const statements = [`CREATE ROLE ${name} LOGIN`, `CREATE DATABASE ${name} OWNER ${name}`];
  for (const statement of statements) await sql(url, statement);
  return config.replace("//driftwarden@", `//${name}@`).replace(/\/driftwarden$/m, `/${name}`);
}

/** The lines of `check` that are wrong. */
const wrongOf = ({ out }: Ended): readonly string[] =>
  out.split("\n").filter((line) => line.startsWith("✗"));

describe("init finds the table, and what it writes is right and finds the fault (FR-P1)", () => {
  it.each([
    [
      "a row for each importance, in columns with other names",
      `CREATE TABLE scores (scored_at timestamptz, model_id text, feat text, shap_value numeric);
       INSERT INTO scores SELECT at, m, f, v FROM (${times}) t`,
    ],
    [
      "importances in text, in a table and columns of mixed case",
      `CREATE TABLE "Shap Log" ("Scored At" timestamp, "Model" text, "Feature" text, "Importance" text);
       INSERT INTO "Shap Log" SELECT at AT TIME ZONE 'UTC', m, f, v::text FROM (${times}) t`,
    ],
    [
      "a column for each feature, with the time in milliseconds",
      `CREATE TABLE shap_hourly (ts bigint, model text, age real, income real, tenure real, n_rows int);
       INSERT INTO shap_hourly SELECT extract(epoch FROM at) * 1000, m, max(v) FILTER (WHERE f = 'age'),
         max(v) FILTER (WHERE f = 'income'), max(v) FILTER (WHERE f = 'tenure'), 9 FROM (${times}) t GROUP BY at, m`,
    ],
    [
      "an object of features",
      `CREATE TABLE explanations (created_at timestamptz, model text, shap jsonb);
       INSERT INTO explanations SELECT at, m, jsonb_object_agg(f, v) FROM (${times}) t GROUP BY at, m`,
    ],
    [
      "a partitioned table, and not its partitions",
      `CREATE TABLE shap (ts timestamptz, model text, feature text, value float8) PARTITION BY RANGE (ts);
       CREATE TABLE shap_old PARTITION OF shap FOR VALUES FROM (MINVALUE) TO ('2000-01-01');
       CREATE TABLE shap_new PARTITION OF shap FOR VALUES FROM ('2000-01-01') TO (MAXVALUE);
       INSERT INTO shap SELECT at, m, f, v FROM (${times}) t`,
    ],
    [
      "a table with chunks that inherit from it",
      `CREATE TABLE shap (ts timestamptz, model text, feature text, value float8);
       CREATE SCHEMA chunks; CREATE TABLE chunks.one () INHERITS (shap); CREATE INDEX ON chunks.one (ts);
       INSERT INTO chunks.one SELECT at, m, f, v FROM (${times}) t`,
    ],
  ])("%s", async (_form, ddl) => {
    const { file, out, source } = await written(ddl);
    expect(out).toContain("2 models, 3 features, every 30m");
    expect(await checkedAndReplayed(source, file)).toMatchObject({ model: "churn" });
  });

  it("several columns that name the model together", async () => {
    const { file, source } = await written(
      `CREATE TABLE scores (ts timestamptz, segment text, model text, feature text, importance real);
       INSERT INTO scores SELECT at, s, m, f, v FROM (${times}) t, unnest(array['retail', 'b2b']) s`,
    );
    expect(readFileSync(file, "utf8")).toContain("      - segment\n        - model");
    expect(await checkedAndReplayed(source, file)).toMatchObject({
      model: expect.stringMatching(/^(retail|b2b)\/churn$/),
    });
  });

  it("a row for each prediction, averaged over a window", async () => {
    const { file, source } = await written(
      `CREATE TABLE shap_raw (prediction_id uuid, at timestamptz, model text, feature text, shap_value real);
       INSERT INTO shap_raw SELECT gen_random_uuid(), now() - i * interval '90 seconds' - (i % 4) * interval '9 seconds',
         'churn', f, CASE WHEN f = 'income' AND i < 240 THEN 0.02 ELSE w END * (1 + 0.1 * sin(i * 1.7 + w * 40))
       FROM generate_series(4800, 0, -1) i, unnest(array['age', 'income', 'tenure'], array[0.5, 0.3, 0.2]) AS u(f, w)`,
    );
    expect(readFileSync(file, "utf8")).toMatch(/ {4}predictions:\n {6}window: 1h/);
    expect(await checkedAndReplayed(source, file)).toMatchObject({ model: "churn" });
  });

  it("a view, once a person names it", async () => {
    const view = `CREATE TABLE hidden (a timestamptz, b text, c text, d text);
      INSERT INTO hidden SELECT at, m, f, v::text FROM (${times}) t;
      CREATE VIEW shap AS SELECT a AS ts, b AS model, c AS feature, d::float8 AS importance FROM hidden`;
    const source = await database(view);
    const file = join(newFolder(), "dw.yaml");
    const args = ["--from", source.readonlyUrl, "--out", file];
    const { error } = await runInit(args);
    expect(error).toMatchObject({
      code: "DW_CLI_NO_TABLE",
      hint: expect.stringContaining("--table 'public.shap'"),
    });
    const { out } = await runInit([...args, "--table", "public.shap"]);
    expect(out).toContain("It is a view, and is read by time");
    expect(await checkedAndReplayed(source, file)).toMatchObject({ model: "churn" });
  });
});

async function written(ddl: string) {
  const source = await database(ddl);
  const file = join(newFolder(), "driftwarden.yaml");
  const { out, error } = await runInit(["--from", source.readonlyUrl, "--out", file]);
  expect(error).toBeUndefined();
  return { source, file, out };
}

/** Lets `check` and `replay` take the configuration. @returns the first episode */
async function checkedAndReplayed(source: TestDatabase, file: string): Promise<unknown> {
  writeFileSync(file, await makeStore(source.url, readFileSync(file, "utf8")));
  const checked = await runCommand(["check", "--config", file]);
  expect({ code: checked.code, wrong: wrongOf(checked) }).toEqual({ code: 0, wrong: [] });
  const { out } = await runCommand(["replay", "--json", "--config", file]);
  const [first = "{}"] = out.split("\n");
  const episode: unknown = JSON.parse(first);
  expect(episode).toMatchObject({ features: ["income"], end: null });
  return episode;
}

describe("what init prints", () => {
  const long = `CREATE TABLE "Shap Scores" (ts timestamp, model text, feature text, importance real);
    INSERT INTO "Shap Scores" SELECT at, m, f, v FROM (${times}) t`;

  it("is at most 80 characters wide, names each doubt with its line, and ends with what to type", async () => {
    const source = await database(long);
    const file = join(newFolder(), "dw.yaml");
    const { out } = await runInit(["--from", source.readonlyUrl, "--out", file]);
    const lines = out.split("\n");
    expect(lines.filter((line) => line.length > 80 && !line.includes(file))).toEqual([]);
    expect(out).toContain('  1  public."Shap Scores"');
    const doubt = /"ts" has no time zone, and is taken as UTC\. \(line (\d+)\)/.exec(out);
    const config = readFileSync(file, "utf8").split("\n");
    expect(config[Number(doubt?.[1]) - 1]).toBe("    time_zone: UTC");
    expect(lines.slice(-3).map((line) => line.trim().split(" ", 2)[1])).toEqual([
      "check",
      "replay",
      "run",
    ]);
  });

  it("has GRANTs and an index that work as they are printed", async () => {
    const source = await database(
      `${long}; INSERT INTO "Shap Scores" SELECT ts - i * interval '11 days', model, feature, importance
       FROM "Shap Scores", generate_series(1, 3) i; ANALYZE`,
    );
    const file = join(newFolder(), "dw.yaml");
    // The owner may change the table, so a role is proposed that may not.
    const { out } = await runInit(["--from", source.url, "--out", file]);
    const index = /(CREATE INDEX CONCURRENTLY ON .*;)/.exec(out)?.[1] ?? "";
    await sql(source.url, index);
    const statements = sqlOf(out).filter((statement) => !statement.includes("INDEX"));
    for (const statement of statements) await sql(source.url, statement);
    const reader = source.url.replace("//app@", "//driftwarden_reader@");
    const again = await runInit(["--from", reader, "--out", file, "--force"]);
    expect(again.out).not.toMatch(/CREATE INDEX|GRANT|may change the table/);
    expect(again.out).toContain("CREATE DATABASE driftwarden OWNER driftwarden;");
  });

  it("is one JSON object for machines", async () => {
    const source = await database(long);
    const { out, err } = await runInit(["--from", source.readonlyUrl, "--json", "--out", "-"]);
    expect(JSON.parse(out)).toMatchObject({
      tables: 2,
      chosen: 'public."Shap Scores"',
      candidates: [
        { form: "long", score: expect.any(Number), models: 2, features: 3, obstacle: null },
      ],
      source: { table: 'public."Shap Scores"', time_zone: "UTC" },
      config: expect.stringContaining("sources:"),
      files: [],
    });
    expect(err).toBe("");
  });

  it("keeps a password out of the configuration, in a file that only its owner reads", async () => {
    const source = await database(long);
    const file = join(newFolder(), "dw.yaml");
    const secret = source.readonlyUrl.replace("readonly@", "readonly:s3cr3t@");
    const { out } = await runInit(["--from", secret, "--out", file]);
    const config = readFileSync(file, "utf8");
    expect(`${config}${out}`).not.toContain("s3cr3t");
    const kept = /url_file: (.*)/.exec(config)?.[1] ?? "";
    expect(readFileSync(kept, "utf8").trim()).toBe(secret);
    expect(statSync(kept).mode & 0o777).toBe(0o600);
  });
});

describe("a person at the terminal", () => {
  const two = `CREATE TABLE shap_a (ts timestamp, model text, feature text, importance real);
    INSERT INTO shap_a SELECT at, m, f, v FROM (${times}) t;
    CREATE TABLE shap_b (ts timestamptz, model text, feature text, importance real);
    INSERT INTO shap_b SELECT at, m || '-' || to_char(at, 'YYYY-MM-DD'), f, v FROM (${times}) t`;

  it("is asked which table, in which zone, and whether it is right", async () => {
    const source = await database(two);
    const out = join(newFolder(), "dw.yaml");
    const args = ["--from", source.readonlyUrl, "--out", out];
    const answers = ["", "Berlin", "Europe/Berlin", "maybe", "y"];
    const listed = JSON.parse((await runInit([...args, "--json"])).out);
    const first = listed.candidates.findIndex(
      ({ table }: { table: string }) => table === "public.shap_a",
    );
    const run = await runInit([...args, "--force"], [String(first + 1), ...answers.slice(1)]);
    expect(run.questions).toEqual([
      "Which? [1] ",
      '"ts" has no time zone. Which is it? [UTC] ',
      '"ts" has no time zone. Which is it? [UTC] ',
      "Right? [Y/n] ",
      "Right? [Y/n] ",
    ]);
    expect(readFileSync(out, "utf8")).toContain("time_zone: Europe/Berlin");
  });

  it("decides whether names with dates are versions of one model", async () => {
    const source = await database(two);
    const out = join(newFolder(), "dw.yaml");
    const args = ["--from", source.readonlyUrl, "--out", out, "--table", "shap_b"];
    await runInit(args, ["", ""]);
    expect(readFileSync(out, "utf8")).toContain('versioned_names: "{name}-{version}"');
    await runInit([...args, "--force"], ["", "n"]);
    expect(readFileSync(out, "utf8")).not.toContain("versioned_names");
  });

  it("who says that it is not right gets no file", async () => {
    const source = await database(two);
    const out = join(newFolder(), "dw.yaml");
    const { error } = await runInit(
      ["--from", source.readonlyUrl, "--table", "shap_b", "--out", out],
      ["n"],
    );
    expect(error).toMatchObject({ code: "DW_CLI_NO_TABLE" });
    expect(() => statSync(out)).toThrow("ENOENT");
  });
});

describe("init at a standby", () => {
  it("reads it, and says that rows may count as late", async () => {
    const source = await database(
      `CREATE TABLE shap (ts timestamptz, model text, feature text, value real);
       INSERT INTO shap SELECT at, m, f, v FROM (${times}) t`,
    );
    const dataDir = await standbyFolder(sources.postgres);
    const standby = await startPostgres({ dataDir, settings: settingsOfTests });
    onTestFinished(() => standby.stop());
    const url = new URL(source.readonlyUrl);
    url.port = new URL(standby.url).port;
    const { out, error } = await runInit(["--from", url.href, "--out", "-", "--json"]);
    expect(error).toBeUndefined();
    expect(JSON.parse(out)).toMatchObject({
      chosen: "public.shap",
      doubts: expect.arrayContaining([
        expect.objectContaining({ message: expect.stringContaining("The server is a standby.") }),
      ]),
    });
  });
});
