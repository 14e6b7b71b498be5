import { EventEmitter, once } from "node:events";
import { Client } from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../src/clock.ts";
import { probeSource } from "../../src/source/probe.ts";
import { eventually } from "../programs/eventually.ts";
import { sql, type TestDatabase } from "../programs/postgres.ts";
import { type SourceRun, sourceOptions, withSource } from "../programs/source.ts";

const sources = withSource();
let source: TestDatabase;

beforeAll(async () => {
  source = await sources.newSource();
  await sql(
    source.url,
    `CREATE TABLE secret (LIKE explainability_metrics);
     CREATE TABLE by_column (LIKE explainability_metrics);
     GRANT SELECT (feature_name, importance, "timestamp") ON by_column TO readonly;
     CREATE SCHEMA hidden; CREATE TABLE hidden.metrics (LIKE explainability_metrics);
     GRANT SELECT ON hidden.metrics TO readonly;
     CREATE VIEW a_view AS SELECT * FROM explainability_metrics;
     CREATE MATERIALIZED VIEW a_materialized_view AS SELECT * FROM explainability_metrics;
     CREATE TABLE parted (LIKE explainability_metrics) PARTITION BY RANGE ("timestamp");
     CREATE TABLE parent (LIKE explainability_metrics); CREATE TABLE child () INHERITS (parent);
     CREATE TABLE epochs ("timestamp" bigint, feature_name text, importance real);
     CREATE TABLE "Odd ""Name" ("timestamp" date, feature_name text, importance real, model int);
     GRANT SELECT ON a_view, a_materialized_view, parted, parent, epochs, "Odd ""Name" TO readonly`,
  );
});

const options = (over: object = {}): ReturnType<typeof sourceOptions> =>
  sourceOptions(source.readonlyUrl, over);

const start = (over: object): SourceRun => sources.run(source.readonlyUrl, {}, over);

const at = (url: string): object => ({
  connection: { url, connectTimeoutMs: 20_000, statementTimeoutMs: 20_000 },
});

const columns = { timestamp: "timestamp", feature: "feature_name", importance: "importance" };

describe("probing a source", () => {
  it("tells the table, the types and whether there is a model column", async () => {
    const layout = await probeSource(options());
    expect(layout).toMatchObject({
      schema: "public",
      table: "explainability_metrics",
      time: { type: "timestamp with time zone", zone: "UTC" },
      modelColumns: [],
    });
    expect(layout.available.map((column) => column.name)).toEqual(Object.values(columns));
  });

  it("takes quoted names, dates and a model column of any type", async () => {
    const over = { table: '"Odd ""Name"', columns: { ...columns, model: "model" } };
    expect(await probeSource(options(over))).toMatchObject({
      table: 'Odd "Name',
      time: { type: "date", zone: "UTC" },
      modelColumns: ["model"],
    });
  });

  it.each([
    ["a_view", "a view"],
    ["a_materialized_view", "a materialized view"],
    ["parted", "a partitioned table"],
    ["parent", "a table with child tables"],
  ])("reads %s, %s, by time with an overlap", async (table, kind) => {
    expect(await probeSource(options({ table }))).toMatchObject({ kind, reading: "overlap" });
  });

  it.each([
    ["FORBIDDEN", { table: "secret" }, 'GRANT SELECT ON "public"."secret" TO "readonly"'],
    ["FORBIDDEN", { table: "by_column" }, 'GRANT SELECT ON "public"."by_column" TO "readonly"'],
    ["FORBIDDEN", { table: "hidden.metrics" }, 'GRANT USAGE ON SCHEMA "hidden" TO "readonly"'],
    ["TABLE_MISSING", { table: "nowhere" }, "set table of the source"],
    ["TABLE_MISSING", { table: "nowhere.metrics" }, "set table of the source"],
    ["COLUMN_MISSING", { columns: { ...columns, feature: "name" } }, "columns.feature"],
    ["COLUMN_MISSING", { columns: { ...columns, model: "model" } }, "columns.model"],
    ["COLUMN_TYPE", { table: "epochs" }, "time_unit"],
    ["QUERY_FAILED", { table: "a b c" }, "message of Postgres"],
    ["UNREACHABLE", at("postgres://readonly@127.0.0.1:1/x"), "host and port"],
  ])("that is wrong fails with DW_SOURCE_%s and says what to do: %j", async (code, over, hint) => {
    await expect(probeSource(options(over))).rejects.toMatchObject({
      code: `DW_SOURCE_${code}`,
      hint: expect.stringContaining(hint),
    });
  });

  it("lists the columns there are when one is missing", async () => {
    const probing = probeSource(options({ columns: { ...columns, feature: "name" } }));
    await expect(probing).rejects.toThrow("timestamp, feature_name, importance");
  });

  it("names every column that is missing, with the setting to paste", async () => {
    await sql(
      source.url,
      `CREATE TABLE own (scored_at timestamptz, model_id text, "Feat" text, score real);
       GRANT SELECT ON own TO readonly`,
    );
    await expect(probeSource(options({ table: "own" }))).rejects.toMatchObject({
      message: expect.stringContaining(
        "timestamp for the timestamp, feature_name for the feature, importance for the importance",
      ),
      hint: "Set columns.timestamp, columns.feature, columns.importance of the source. Perhaps columns: {timestamp: scored_at, feature: Feat, importance: score, model: model_id}.",
    });
  });

  it("names the tables that could be meant when there is none of that name", async () => {
    const probing = probeSource(options({ table: "explainability_metric" }));
    await expect(probing).rejects.toMatchObject({
      hint: expect.stringContaining("public.explainability_metrics"),
    });
  });

  it.each([
    ["LOGIN_REFUSED", "nobody_there", "source_1"],
    ["DATABASE_MISSING", "readonly", "no_such_database"],
  ])("fails with DW_SOURCE_%s for user %s in database %s", async (code, user, database) => {
    const url = `postgres://${user}@127.0.0.1:${sources.postgres.server.port}/${database}`;
    await expect(probeSource(options(at(url)))).rejects.toMatchObject({
      code: `DW_SOURCE_${code}`,
    });
  });
});

/** Its pauses never end by themselves: only a stop ends one. */
const standingClock: Clock = {
  ...systemClock,
  sleep: async (_ms, signal) => {
    if (signal?.aborted === false) await once(signal, "abort");
  },
};

describe("a poller whose source is refused", () => {
  it("says why, counts it, and goes on when the right is granted", async () => {
    const run = start({ table: "secret" });
    await eventually(() => expect(run.poller.health().reason).toContain("GRANT SELECT"));
    expect(await run.registry.metrics()).toContain('reason="forbidden"');
    await sql(source.url, "GRANT SELECT ON secret TO readonly");
    await run.ticks(1);
    expect(run.poller.health()).toEqual({ ok: true });
  });

  it("names a table that was dropped under it, and reads the one made in its place", async () => {
    const make =
      "CREATE TABLE gone (LIKE explainability_metrics); GRANT SELECT ON gone TO readonly";
    await sql(source.url, make);
    const run = start({ table: "gone" });
    await run.ticks(1);
    await sql(source.url, "DROP TABLE gone");
    await eventually(() => expect(run.poller.health().reason).toContain("there is no table"));
    await sql(source.url, `${make}; INSERT INTO gone VALUES (now(), 'back', 1)`);
    await eventually(() => expect(run.sink.features).toEqual(["back"]));
  });

  it("gives up waiting for a lock at its deadline, and reads on when the lock is gone", async () => {
    const locker = new Client({ connectionString: source.url });
    await locker.connect();
    const connection = {
      url: source.readonlyUrl,
      connectTimeoutMs: 20_000,
      statementTimeoutMs: 100,
    };
    const run = start({ connection });
    await run.ticks(1);
    // Between two polls: a row that can be read, then the lock, whose own transaction holds nothing back.
    const gate = new EventEmitter();
    const waiting = once(gate, "waiting");
    run.sink.before = async () => {
      gate.emit("waiting");
      await once(gate, "open");
    };
    await waiting;
    await sql(source.url, "INSERT INTO explainability_metrics VALUES (now(), 'locked', 1)");
    await locker.query("BEGIN; LOCK TABLE explainability_metrics");
    run.sink.before = () => undefined;
    gate.emit("open");
    await eventually(async () =>
      expect(await run.registry.metrics()).toContain('reason="timeout"'),
    );
    await locker.end();
    await eventually(() => expect(run.sink.features).toEqual(["locked"]));
  });

  it("stops at once while its source cannot be reached", async () => {
    const unreachable = at("postgres://readonly@127.0.0.1:1/x");
    const run = sources.run(source.readonlyUrl, { clock: standingClock }, unreachable);
    await eventually(() => expect(run.poller.health().reason).toContain("127.0.0.1:1"));
    await run.poller.stop();
  });
});
