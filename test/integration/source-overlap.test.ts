import { describe, expect, it } from "vitest";
import { eventually } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";
import { keptLog, MemorySink, taken, withSource } from "../programs/source.ts";

const view = `CREATE TABLE written ("timestamp" timestamptz, feature_name text, importance double precision);
  CREATE VIEW explainability_metrics AS SELECT * FROM written WHERE feature_name <> 'hidden'`;
const parted = `CREATE TABLE explainability_metrics
    ("timestamp" timestamptz, feature_name text, importance double precision) PARTITION BY RANGE ("timestamp");
  CREATE TABLE written PARTITION OF explainability_metrics DEFAULT`;

const sources = withSource({ ddl: view, options: { overlapMs: 5_000, pageRows: 100 } });
const { newSource, run } = sources;

/** A table on another server: here, in another database of the same one. */
async function foreign(): Promise<string> {
  const { postgres } = sources;
  const { url } = await postgres.createDatabase("far");
  const columns = `("timestamp" timestamptz, feature_name text, importance double precision)`;
  await sql(url, `CREATE TABLE written ${columns}`);
  const table = `${columns} SERVER far OPTIONS (table_name 'written')`;
  return `CREATE EXTENSION postgres_fdw;
    CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw
      OPTIONS (host '127.0.0.1', port '${postgres.server.port}', dbname 'far');
    CREATE USER MAPPING FOR public SERVER far OPTIONS (user 'app', password_required 'false');
    CREATE FOREIGN TABLE written ${table};
    CREATE FOREIGN TABLE explainability_metrics ${table}`;
}

const insert = (feature: string, ts = "clock_timestamp()", importance = "1"): string =>
  `INSERT INTO written VALUES (${ts}, '${feature}', ${importance})`;
const many = (count: number, feature: string, ts = "clock_timestamp()"): string =>
  `INSERT INTO written SELECT ${ts}, '${feature}' || i, i FROM generate_series(1, ${count}) i`;

describe.each([
  ["a view", () => view],
  ["a partitioned table", () => parted],
  ["a foreign table", foreign],
])("%s", (kind, ddl) => {
  it("each row is sent once: duplicates as often as they exist, late rows within the overlap, in any order", async () => {
    const source = await newSource(await ddl());
    const { logger, lines } = keptLog();
    const { ticks, sink } = run(source.readonlyUrl, { logger });
    await ticks(1);
    expect(lines.join()).toMatch(
      new RegExp(`${kind}( with child tables)? is read by time with an overlap`),
    );
    const same = insert("twin", "date_trunc('second', now())", "0.1");
    await sql(source.url, `${same}; ${same}`);
    await ticks(2);
    await sql(
      source.url,
      `${insert("late", "now() - interval '3 s'")}; ${insert("nan", "now()", "'NaN'")}`,
    );
    await ticks(1);
    await sql(
      source.url,
      `${insert("later", "now() - interval '4 s'")}; ${insert("null", "now()", "NULL")}`,
    );
    await ticks(2);
    await sql(
      source.url,
      `${insert("twin", "(SELECT min(\"timestamp\") FROM written WHERE feature_name = 'twin')", "0.1")}; ${insert("ahead", "now() + interval '1 h'")}`,
    );
    await eventually(() => expect(sink.features).toContain("ahead"));
    await sql(source.url, insert("last"));
    await eventually(() => expect(sink.features).toContain("last"));
    await ticks(3);
    const all = ["ahead", "last", "late", "later", "nan", "null", "twin", "twin", "twin"];
    expect(sink.features).toEqual(all);
    expect(taken(sink.records).toSorted()).toEqual(all);
  });
});

describe("a view's rows", () => {
  it("that are later than the overlap are missed, as the warning says, and the others go on", async () => {
    const source = await newSource();
    const { logger, lines } = keptLog();
    const { ticks, sink } = run(source.readonlyUrl, { logger });
    await ticks(2);
    await sql(source.url, `${insert("too late", "now() - interval '8 s'")}; ${insert("in time")}`);
    await eventually(() => expect(sink.features).toContain("in time"));
    await ticks(3);
    expect(sink.features).toEqual(["in time"]);
    expect(lines.filter((line) => line.includes("a view is read by time"))).toHaveLength(1);
    expect(lines.find((line) => line.includes("overlap_seconds"))).toContain("are missed");
  });

  it("that the stream sets aside are counted among those that are left out (FR-K4)", async () => {
    const source = await newSource();
    await sql(source.url, insert("huge", "now() - interval '1 min'"));
    const sink = new MemorySink();
    sink.setsAside = "huge";
    const { registry } = run(source.readonlyUrl, { sink });
    await eventually(() => expect(sink.history).toHaveLength(1));
    await sql(source.url, insert("huge"));
    await eventually(async () =>
      expect(await registry.metrics()).toContain(
        'driftwarden_source_rows_dropped_total{source="main",reason="too_large"} 2',
      ),
    );
  });

  it("come with a watermark that waits for the overlap", async () => {
    const source = await newSource();
    const { ticks, sink } = run(source.readonlyUrl);
    await ticks(5);
    const { watermark = 0, clock = 0 } = sink.ticks.at(-1) ?? {};
    expect(clock - watermark).toBeGreaterThanOrEqual(5_000_000);
    expect(clock - watermark).toBeLessThan(7_000_000);
  });

  it("of the past are history, closed once, and what is written meanwhile is live", async () => {
    const source = await newSource();
    await sql(source.url, many(950, "old", "now() - i * interval '1 min'"));
    const { ticks, sink } = run(
      source.readonlyUrl,
      {},
      { history: { ms: 86_400_000, maxRows: 500 } },
    );
    await ticks(2);
    expect(sink.history).toHaveLength(500);
    expect(sink.history.map((row) => row.ts)).toEqual(
      sink.history.map((row) => row.ts).toSorted((a, b) => a - b),
    );
    expect(sink.records.filter((record) => record.kind === "history" && record.last)).toHaveLength(
      1,
    );
    await sql(source.url, insert("live"));
    await eventually(() => expect(sink.features).toEqual(["live"]));
  });

  it("are neither lost nor doubled when the process dies between storing a page and sending it, or after", async () => {
    const source = await newSource();
    const dying = new MemorySink();
    const first = run(source.readonlyUrl, { sink: dying }, { history: { ms: 0, maxRows: 0 } });
    await first.ticks(1);
    // The third page is stored and never sent.
    let pages = 0;
    dying.before = (records) => {
      if (records.some((record) => record.kind === "rows")) pages += 1;
      if (pages > 2) throw new Error("dying");
    };
    await sql(source.url, many(1000, "f"));
    await eventually(() => expect(pages).toBeGreaterThan(2));
    const crashed = first.progress.document ?? "";
    await first.poller.stop();
    first.progress.document = crashed;
    expect(crashed).toContain('"page":{');

    const second = run(source.readonlyUrl, { progress: first.progress });
    await sql(source.url, many(10, "g"));
    await eventually(() => expect(second.sink.features).toContain("g10"));
    await second.ticks(2);
    const rows = taken([...dying.records, ...second.sink.records]);
    expect(rows).toHaveLength(1010);
    expect(new Set(rows).size).toBe(1010);

    // As if it had died after sending, before it could store that: the page comes again under its number.
    second.progress.document = crashed;
    await second.poller.stop();
    second.progress.document = crashed;
    const third = run(source.readonlyUrl, { progress: second.progress });
    await third.ticks(2);
    const again = taken([...dying.records, ...third.sink.records]);
    expect(new Set(again).size).toBe(1010);
    expect(again).toHaveLength(1010);
  });

  it("are not taken for sent when the store refused their page", async () => {
    const source = await newSource();
    const { ticks, sink, progress, poller } = run(source.readonlyUrl);
    await ticks(1);
    progress.broken = true;
    await sql(source.url, many(10, "f"));
    await eventually(() => expect(poller.health().reason).toContain("store gone"));
    expect(sink.rows).toEqual([]);
    progress.broken = false;
    await eventually(() => expect(sink.rows).toHaveLength(10));
    await ticks(2);
    expect(sink.rows).toHaveLength(10);
  });
});

describe("a table replaced by a view of it", () => {
  it("goes on above what was sent, and back again, nothing lost and nothing twice", async () => {
    const source = await newSource(
      `CREATE TABLE explainability_metrics ("timestamp" timestamptz, feature_name text, importance double precision)`,
    );
    const first = run(source.readonlyUrl);
    await first.ticks(1);
    const into = (feature: string, table: string): Promise<unknown> =>
      sql(source.url, insert(feature).replace("written", table));
    await into("table", "explainability_metrics");
    await eventually(() => expect(first.sink.features).toEqual(["table"]));
    await first.ticks(2);
    await sql(
      source.url,
      `ALTER TABLE explainability_metrics RENAME TO written;
       CREATE VIEW explainability_metrics AS SELECT * FROM written;
       GRANT SELECT ON explainability_metrics TO readonly`,
    );
    await first.poller.stop();
    const second = run(source.readonlyUrl, { progress: first.progress });
    await second.ticks(1);
    await into("view", "written");
    await eventually(() => expect(second.sink.features).toContain("view"));
    await second.ticks(2);
    await second.poller.stop();
    await sql(
      source.url,
      "DROP VIEW explainability_metrics; ALTER TABLE written RENAME TO explainability_metrics",
    );
    const third = run(source.readonlyUrl, { progress: second.progress });
    await third.ticks(1);
    await into("again", "explainability_metrics");
    await eventually(() => expect(third.sink.features).toContain("again"));
    await third.ticks(2);
    const rows = taken([first, second, third].flatMap(({ sink }) => sink.records));
    expect(rows).toEqual(["table", "view", "again"]);
  });
});
