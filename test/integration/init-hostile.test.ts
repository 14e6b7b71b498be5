/** What `init` does with databases, names and places that mean it no good, or that it may not see. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { sourceList } from "../../src/app/sources.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { SourceOptions } from "../../src/source/options.ts";
import { surveySource } from "../../src/source/survey.ts";
import { newFolder, runInit } from "../programs/init.ts";
import { sql, type TestDatabase } from "../programs/postgres.ts";
import { withSource } from "../programs/source.ts";

const sources = withSource({ settings: { max_locks_per_transaction: "512" } });

const rows = (table: string): string =>
  `INSERT INTO ${table} SELECT now() - i * interval '10 minutes', 'churn', f, 0.3 + i % 7 * 0.01
   FROM generate_series(60, 0, -1) i, unnest(array['age', 'income', 'tenure']) f`;
const columns = "(ts timestamptz, model text, feature text, importance real)";
const readAll = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO readonly";

async function database(ddl: string): Promise<TestDatabase> {
  return await sources.newSource(`CREATE TABLE explainability_metrics (id int); ${ddl}`);
}

interface Found {
  readonly chosen: string;
  readonly sampled: number;
  readonly tables: number;
  readonly config: string;
  readonly candidates: readonly { readonly table: string; readonly obstacle: string | null }[];
  readonly doubts: readonly { readonly message: string; readonly sql: string | null }[];
}

async function found(url: string, ...more: readonly string[]): Promise<Found> {
  const { out, error } = await runInit(["--from", url, "--json", "--out", "-", ...more]);
  expect(error).toBeUndefined();
  return JSON.parse(out);
}

/** The source of a configuration as the daemon takes it. */
function sourceIn(config: string): SourceOptions {
  const [source] = sourceList(parseConfig(config, { file: "dw.yaml", remediations }));
  if (source === undefined) throw new Error("the configuration has no source");
  return source;
}

const wrongOf = async (config: string): Promise<readonly string[]> => {
  const { findings } = await surveySource(sourceIn(config));
  return findings.filter(({ ok }) => !ok).map(({ message }) => message);
};

describe("a database with 5,000 tables", () => {
  let source: TestDatabase;
  beforeAll(async () => {
    const many = `DO $$ BEGIN FOR i IN 1..5000 LOOP
      EXECUTE format('CREATE TABLE t%s (created_at timestamptz, name text, amount float8)', i);
      IF i % 100 = 0 THEN COMMIT; END IF; END LOOP; END $$`;
    source = await database("");
    await sql(source.url, many);
    await sql(
      source.url,
      `CREATE TABLE shap_scores ${columns}; ${rows("shap_scores")}; ${readAll}`,
    );
  });

  it("is not listed: the one that fits is found, few others are looked at, and fewer are read", async () => {
    const { out } = await runInit(["--from", source.readonlyUrl, "--json", "--out", "-"]);
    const { tables, sampled, chosen, candidates }: Found = JSON.parse(out);
    expect({ tables, chosen }).toEqual({ tables: 5002, chosen: "public.shap_scores" });
    expect(sampled).toBeLessThanOrEqual(8);
    expect(candidates.length).toBeLessThanOrEqual(40);
    expect(out.length).toBeLessThan(20_000);
  });
});

describe("rights that are missing", () => {
  it("on the table are named as a GRANT that works as it is printed", async () => {
    const source = await database(`CREATE TABLE shap ${columns}; ${rows("shap")}`);
    await sql(source.url, "REVOKE USAGE ON SCHEMA public FROM PUBLIC, readonly");
    const { error } = await runInit(["--from", source.readonlyUrl, "--out", "-"]);
    expect(error).toMatchObject({ code: "DW_CLI_NO_TABLE" });
    expect(error?.message).toContain("public.shap fits best, but: the role may not read it");
    await sql(source.url, error?.hint.replace("Run as the table's owner: ", "") ?? "");
    expect((await found(source.readonlyUrl)).chosen).toBe("public.shap");
  });

  it("on the catalogue are told, and those on its statistics are not needed", async () => {
    const source = await database(`CREATE TABLE shap ${columns}; ${rows("shap")}; ${readAll}`);
    await sql(source.url, "REVOKE SELECT ON pg_catalog.pg_stat_all_tables FROM PUBLIC");
    expect((await found(source.readonlyUrl)).chosen).toBe("public.shap");
    await sql(source.url, "REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC");
    const { error } = await runInit(["--from", source.readonlyUrl, "--out", "-"]);
    expect(error).toMatchObject({ code: "DW_SOURCE_FORBIDDEN" });
    expect(error?.message).toContain("pg_class");
  });
});

describe("code of strangers", () => {
  // It would let the sample through, so that a table that was read shows no obstacle.
  const trap = `CREATE FUNCTION trap() RETURNS boolean LANGUAGE sql AS 'SELECT true'`;

  it.each([
    ["a view", `CREATE VIEW shap_values AS SELECT *, trap() FROM plain`],
    [
      "a table with row security",
      `CREATE TABLE shap_values ${columns}; ${rows("shap_values")};
       ALTER TABLE shap_values ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON shap_values USING (trap())`,
    ],
  ])("in %s is not run before a person names it", async (_what, ddl) => {
    const source = await database(
      `${trap}; CREATE TABLE plain ${columns}; ${rows("plain")}; ${ddl}; ${readAll}`,
    );
    const { chosen, candidates } = await found(source.readonlyUrl);
    expect(chosen).toBe("public.plain");
    expect(candidates).toContainEqual(
      expect.objectContaining({
        table: "public.shap_values",
        obstacle: "not read yet, because reading it runs code of its owner",
      }),
    );
    const named = await found(source.readonlyUrl, "--table", "shap_values");
    expect(named).toMatchObject({ chosen: "public.shap_values", sampled: 1 });
  });
});

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

describe("names that mean no good", () => {
  const esc = "\u001b[31mred";
  const feature = `fe"at'ure; DROP TABLE shap; --`;
  it("are escaped where they are printed, and right where they are used", async () => {
    const table = `shap "${esc}" 🚀`;
    const long = "m".repeat(63);
    const source = await database(
      `CREATE TABLE ${quoted(table)} ("ts\nx" timestamp, ${quoted(long)} text, ${quoted(feature)} text, "importance" real);
       ${rows(quoted(table))}; ${readAll}`,
    );
    const file = join(newFolder(), "dw.yaml");
    const { out, error } = await runInit(["--from", source.readonlyUrl, "--out", file]);
    // The configuration holds no name of a table with control characters.
    expect(error).toMatchObject({ code: "DW_CLI_NO_TABLE" });
    expect(`${out}${error?.message}${error?.hint}`).not.toContain("\u001b");
    await sql(source.url, `ALTER TABLE ${quoted(table)} RENAME TO "shap ""x"" 🚀"`);
    const again = await runInit(["--from", source.readonlyUrl, "--out", file]);
    expect(again.error).toBeUndefined();
    expect(again.out).not.toContain("\u001b");
    expect(again.out).toContain(String.raw`time ts\nx`);
    const config = readFileSync(file, "utf8");
    expect(await wrongOf(config)).toEqual([]);
    const { columns: read } = sourceIn(config);
    expect(read).toMatchObject({ timestamp: "ts\nx", feature });
  });
});

describe("nothing to watch", () => {
  it("is an empty database", async () => {
    const source = await sources.postgres.createDatabase("nothing_at_all");
    const { error } = await runInit(["--from", source.readonlyUrl, "--out", "-"]);
    expect(error).toMatchObject({
      code: "DW_CLI_NO_TABLE",
      message: "there is no table in the database nothing_at_all",
    });
  });

  it("is said with what was looked for, and the nearest tables", async () => {
    const source = await database(
      `CREATE TABLE users (id int, created_at timestamptz, name text); ${readAll}`,
    );
    const { error } = await runInit(["--from", source.readonlyUrl, "--out", "-"]);
    expect(error?.message).toContain("none of 2 tables looks like importances");
    expect(error?.hint).toContain("A source has a column of time");
    expect(error?.hint).toContain("public.users (id integer, created_at timestamp with time zone");
  });

  it("is yet in an empty table: it is proposed by its columns, and that is said", async () => {
    const source = await database(`CREATE TABLE shap ${columns}; ${readAll}`);
    const { chosen, doubts } = await found(source.readonlyUrl);
    expect(chosen).toBe("public.shap");
    expect(doubts[0]?.message).toContain("It holds no row that can be read.");
  });

  it("is in a table that is not there", async () => {
    const source = await database("");
    const { error } = await runInit(["--from", source.readonlyUrl, "--table", "x.y", "--out", "-"]);
    expect(error).toMatchObject({ code: "DW_SOURCE_TABLE_MISSING" });
  });
});

describe("a table", () => {
  it("whose rows are overwritten is proposed with what cannot work, and what to add", async () => {
    const source = await database(
      `CREATE TABLE shap (model text, feature text, importance real, updated_at timestamptz, PRIMARY KEY (model, feature));
       INSERT INTO shap SELECT 'churn', f, 0.3, now() FROM unnest(array['age', 'income']) f; ${readAll}`,
    );
    const { doubts } = await found(source.readonlyUrl);
    expect(doubts[0]?.message).toMatch(/rows are overwritten\. The past is lost.*table of history/);
  });

  it("that changed between init and run is told by check, and not read wrongly", async () => {
    const source = await database(`CREATE TABLE shap ${columns}; ${rows("shap")}; ${readAll}`);
    const { config } = await found(source.readonlyUrl);
    expect(await wrongOf(config)).toEqual([]);
    await sql(source.url, "ALTER TABLE shap RENAME COLUMN importance TO weight");
    expect((await wrongOf(config)).join()).toContain("there is no column importance");
  });
});

/** A server that is no Postgres. */
async function webServer(): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

describe("an address", () => {
  it.each([
    ["of a closed port", "DW_SOURCE_UNREACHABLE", () => "postgres://app@127.0.0.1:1/d"],
    [
      "of no Postgres",
      "DW_SOURCE_UNREACHABLE",
      async () => `postgres://app@${await webServer()}/d`,
    ],
    ["with another scheme", "DW_ADDRESS_SCHEME", () => "mysql://app@127.0.0.1/d"],
    [
      "of an unknown role",
      "DW_SOURCE_LOGIN_REFUSED",
      () => `postgres://nobody_here@127.0.0.1:${sources.postgres.server.port}/postgres`,
    ],
    [
      "of no database",
      "DW_SOURCE_DATABASE_MISSING",
      () => `postgres://app@127.0.0.1:${sources.postgres.server.port}/nowhere`,
    ],
    [
      "that asks for encryption of a server without it",
      "DW_SOURCE_TLS_MISSING",
      () => `postgres://app@127.0.0.1:${sources.postgres.server.port}/postgres?sslmode=require`,
    ],
  ])("%s is refused with %s, and nothing is written", async (_what, code, address) => {
    const { out, error } = await runInit(["--from", await address(), "--out", "-"]);
    expect(error).toMatchObject({ code });
    expect(out).toBe("");
  });
});

describe("the place of the configuration", () => {
  it("is looked at before the database is: one that exists, or in no folder, is refused", async () => {
    const folder = newFolder();
    const there = join(folder, "dw.yaml");
    writeFileSync(there, "mine");
    const nowhere = ["--from", "postgres://app@127.0.0.1:1/d"];
    for (const out of [there, join(folder, "none", "dw.yaml"), join(there, "dw.yaml")]) {
      const { error } = await runInit([...nowhere, "--out", out]);
      expect(error).toMatchObject({ code: "DW_CLI_FILE" });
    }
    expect(readFileSync(there, "utf8")).toBe("mine");
  });

  it("that cannot be written after all is told", async () => {
    const source = await database(`CREATE TABLE shap ${columns}; ${rows("shap")}; ${readAll}`);
    const out = join(newFolder(), "dw.yaml");
    mkdirSync(out);
    const { error } = await runInit(["--from", source.readonlyUrl, "--out", out, "--force"]);
    expect(error).toMatchObject({ code: "DW_CLI_FILE", message: expect.stringContaining(out) });
  });
});
