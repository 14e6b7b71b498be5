/** A source whose owner, or whoever may create things in its schemas, wants his code to run under our role (FR-K6, FR-K7). */
import { beforeEach, describe, expect, it } from "vitest";
import { connect } from "../../src/source/connection.ts";
import type { SourceConnection } from "../../src/source/options.ts";
import { probeSource } from "../../src/source/probe.ts";
import { eventually } from "../programs/eventually.ts";
import { sql, type TestDatabase } from "../programs/postgres.ts";
import { sourceOptions, withSource } from "../programs/source.ts";

const sources = withSource();
let source: TestDatabase;

/** Everything that ran leaves an advisory lock, which no read-only transaction prevents and no rollback takes back. */
const trace = "PERFORM pg_catalog.pg_advisory_lock_shared(666)";
const evil = (name: string, returns: string, body: string): string =>
  `CREATE FUNCTION ${name} RETURNS ${returns} LANGUAGE plpgsql AS $$ BEGIN ${trace}; ${body} END $$;`;

beforeEach(async () => {
  source = await sources.newSource();
  await sql(source.url, "INSERT INTO explainability_metrics VALUES (now(), 'honest', 1)");
});

const asReader = (over: Partial<SourceConnection> = {}): SourceConnection => ({
  ...sourceOptions(source.readonlyUrl).connection,
  ...over,
});

const tracesLeft = async (): Promise<number> =>
  (await sql(source.url, "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 666"))
    .length;

/** What sessions of our role do in this database. */
const sessions = (): Promise<readonly Record<string, unknown>[]> =>
  sql(
    source.url,
    "SELECT state, query FROM pg_stat_activity WHERE usename = 'readonly' AND datname = current_database()",
  );

describe("a connection to a source", () => {
  it.each([
    ["search_path", "pg_catalog,pg_temp"],
    ["default_transaction_read_only", "on"],
    ["statement_timeout", "7s"],
    ["idle_in_transaction_session_timeout", "1min"],
    ["client_connection_check_interval", "1s"],
  ])("has %s = %s from its first statement on, whatever its url says", async (name, value) => {
    const url = `${source.readonlyUrl}?options=-c%20search_path%3Dpublic%20-c%20statement_timeout%3D0`;
    const client = await connect(asReader({ url, statementTimeoutMs: 7000 }));
    const { rows } = await client.query<Record<string, string>>(`SHOW ${name}`);
    await client.end();
    expect(rows).toEqual([{ [name]: value }]);
  });
});

describe("a table without a schema", () => {
  const copy =
    "CREATE SCHEMA ml; GRANT USAGE ON SCHEMA ml TO readonly; CREATE TABLE ml.explainability_metrics (LIKE public.explainability_metrics); GRANT SELECT ON ml.explainability_metrics TO readonly";

  it("is looked for on the search path of the role", async () => {
    await sql(source.url, copy);
    const name = new URL(source.url).pathname.slice(1);
    const options = sourceOptions(source.readonlyUrl);
    expect(await probeSource(options)).toMatchObject({ schema: "public" });
    await sql(
      source.url,
      `ALTER ROLE readonly IN DATABASE ${name} SET search_path = nowhere, ml, public`,
    );
    expect(await probeSource(options)).toMatchObject({ schema: "ml" });
  });

  it("is looked for on the search path that the url names", async () => {
    await sql(source.url, copy);
    const url = `${source.readonlyUrl}?options=-c%20search_path%3Dml`;
    expect(await probeSource(sourceOptions(url))).toMatchObject({ schema: "ml" });
  });
});

describe("code of a stranger", () => {
  it("does not run when functions and operators of public hide those of Postgres", async () => {
    await sql(
      source.url,
      [
        evil("public.cardinality(text[])", "int", "RETURN 1;"),
        evil("public.format_type(oid, text)", "text", "RETURN 'text';"),
        evil("public.parse_ident(unknown_text text, strict text)", "text[]", "RETURN NULL;"),
        evil("public.times(numeric, int)", "numeric", "RETURN 0;"),
        "CREATE OPERATOR public.* (LEFTARG = numeric, RIGHTARG = int, FUNCTION = public.times);",
        evil("public.differs(oid, int)", "bool", "RETURN true;"),
        "CREATE OPERATOR public.<> (LEFTARG = oid, RIGHTARG = int, FUNCTION = public.differs);",
        evil("public.later(timestamptz, text)", "bool", "RETURN true;"),
        "CREATE OPERATOR public.> (LEFTARG = timestamptz, RIGHTARG = text, FUNCTION = public.later);",
        evil("public.plus(bigint, numeric)", "bigint", "RETURN 0;"),
        "CREATE OPERATOR public.+ (LEFTARG = bigint, RIGHTARG = numeric, FUNCTION = public.plus);",
        evil("public.round(float8, text)", "float8", "RETURN 0;"),
      ].join("\n"),
    );
    const run = sources.run(source.readonlyUrl);
    await run.ticks(3);
    expect(run.sink.history.map(({ feature }) => feature)).toEqual(["honest"]);
    expect(await tracesLeft()).toBe(0);
  });

  it("does not run when the type of a column has casts of its own", async () => {
    const table = `CREATE TYPE feature AS ENUM ('age', 'income');
      CREATE TYPE amount AS (units int);
      CREATE TABLE explainability_metrics ("timestamp" timestamptz, feature_name feature, importance amount)`;
    source = await sources.newSource(table);
    await sql(
      source.url,
      `${evil("as_text(feature)", "text", "RETURN 'stolen';")}
       ${evil("amount_text(amount)", "text", "RETURN '7';")}
       CREATE CAST (feature AS text) WITH FUNCTION as_text(feature) AS IMPLICIT;
       CREATE CAST (amount AS text) WITH FUNCTION amount_text(amount) AS IMPLICIT;
       INSERT INTO explainability_metrics VALUES (now(), 'age', row(3)), (now(), 'income', NULL)`,
    );
    const run = sources.run(source.readonlyUrl);
    await run.ticks(2);
    expect(run.sink.history.map(({ feature }) => feature).toSorted()).toEqual(["age", "income"]);
    expect(run.sink.history.map(({ importance }) => importance)).toEqual([Number.NaN, Number.NaN]);
    expect(await tracesLeft()).toBe(0);
  });

  it("in a view that is read changes no table, and no setting of the next transaction", async () => {
    await sql(
      source.url,
      `CREATE TABLE stolen (what text); GRANT ALL ON stolen TO PUBLIC;
       CREATE FUNCTION hostile() RETURNS bool LANGUAGE plpgsql AS $$ BEGIN
         PERFORM set_config('search_path', 'public', false), set_config('default_transaction_read_only', 'off', false),
                 set_config('statement_timeout', '0', false), set_config('row_security', 'off', false);
         BEGIN PERFORM set_config('transaction_read_only', 'off', false); EXCEPTION WHEN others THEN NULL; END;
         BEGIN INSERT INTO stolen VALUES ('row'); EXCEPTION WHEN others THEN NULL; END;
         RETURN true;
       END $$;
       ${evil("public.cardinality(text[])", "int", "RETURN 1;")}
       ${evil("public.times(numeric, int)", "numeric", "RETURN 0;")}
       CREATE OPERATOR public.* (LEFTARG = numeric, RIGHTARG = int, FUNCTION = public.times);
       CREATE VIEW hostile_view AS SELECT * FROM explainability_metrics WHERE hostile();
       GRANT SELECT ON hostile_view TO readonly`,
    );
    const run = sources.run(source.readonlyUrl, {}, { table: "hostile_view" });
    await run.ticks(3);
    expect(run.sink.history.map(({ feature }) => feature)).toEqual(["honest"]);
    expect(await sql(source.url, "SELECT * FROM stolen")).toEqual([]);
    expect(await tracesLeft()).toBe(0);
  });
});

const slowView = (body: string): string =>
  `CREATE FUNCTION slow() RETURNS bool LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN true; END $$;
   CREATE VIEW slow_view AS SELECT * FROM explainability_metrics WHERE slow();
   GRANT SELECT ON slow_view TO readonly`;

describe("a query that does not end", () => {
  it.each([
    ["sleeps", "PERFORM pg_sleep(3600);"],
    [
      "sleeps, and catches that it is cancelled",
      `PERFORM set_config('statement_timeout', '0', false), set_config('client_connection_check_interval', '0', false);
       LOOP BEGIN PERFORM pg_sleep(3600); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP;`,
    ],
  ])("because the view %s is ended on the server, and none is left behind", async (_what, body) => {
    await sql(source.url, slowView(body));
    const connection = asReader({ statementTimeoutMs: 25 });
    const run = sources.run(source.readonlyUrl, {}, { table: "slow_view", connection });
    const failures = async (): Promise<number> => {
      const text = await run.registry.metrics();
      return Number(/poll_failures_total\{.*\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    await eventually(async () => {
      expect((await sessions()).length).toBeLessThan(3);
      expect(await failures()).toBeGreaterThan(2);
    });
    expect(run.poller.health().reason).toMatch(/statement_timeout/);
    await run.poller.stop();
    await eventually(async () => expect(await sessions()).toEqual([]));
  });

  it("is ended on the server by a stop", async () => {
    await sql(source.url, slowView("PERFORM pg_sleep(3600);"));
    const run = sources.run(source.readonlyUrl, {}, { table: "slow_view" });
    await eventually(async () =>
      expect(await sessions()).toEqual([expect.objectContaining({ state: "active" })]),
    );
    await run.poller.stop();
    await eventually(async () => expect(await sessions()).toEqual([]));
  });
});

describe("an honest view that takes three times statement_timeout", () => {
  it("is read", async () => {
    await sql(source.url, slowView("PERFORM pg_sleep(0.3);"));
    const connection = asReader({ statementTimeoutMs: 100 });
    const run = sources.run(source.readonlyUrl, {}, { table: "slow_view", connection });
    await run.ticks(2);
    expect(run.sink.history.map(({ feature }) => feature)).toEqual(["honest"]);
  });
});
