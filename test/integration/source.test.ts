import { Client } from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Round } from "../../src/rounds.ts";
import { eventually } from "../programs/eventually.ts";
import { sql, type TestDatabase } from "../programs/postgres.ts";
import { MemorySink, type SourceRun, withSource } from "../programs/source.ts";

const sources = withSource({ settings: { max_prepared_transactions: "5" } });
const { newSource } = sources;

/** A poller as the SELECT-only role that has done its first polls. */
async function polled(database: TestDatabase, over = {}): Promise<SourceRun> {
  const run = sources.run(database.readonlyUrl, {}, over);
  await run.ticks(1);
  return run;
}

async function session(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const insert = (feature: string, ts = "now()", importance = 1): string =>
  `INSERT INTO explainability_metrics VALUES (${ts}, '${feature}', ${importance})`;

/** What has been delivered once `count` rows and one written last have come and three more polls found nothing. */
async function delivered(run: SourceRun, url: string, count: number): Promise<readonly string[]> {
  await sql(url, insert("~last"));
  await eventually(() => expect(run.sink.rows.length).toBeGreaterThan(count));
  await eventually(() => expect(run.sink.features).toContain("~last"));
  await run.ticks(3);
  return run.sink.features.filter((feature) => feature !== "~last");
}

describe("every committed row is delivered once", () => {
  it("a row that commits after a younger one is delivered once", async () => {
    const source = await newSource();
    const run = await polled(source);
    const late = await session(source.url);
    await late.query(`BEGIN; ${insert("late", "now() - interval '1 s'")}`);
    await sql(source.url, insert("early"));
    await run.ticks(3);
    await late.query("COMMIT");
    expect(await delivered(run, source.url, 2)).toEqual(["early", "late"]);
  });

  it("when rows of different transactions share a timestamp", async () => {
    const source = await newSource();
    const run = await polled(source);
    const [row] = await sql(source.url, "SELECT now()::text AS now");
    for (const feature of ["one", "two", "three"]) {
      await sql(source.url, insert(feature, `'${String(row?.["now"])}'`));
      await eventually(() => expect(run.sink.features).toContain(feature));
    }
    expect(await delivered(run, source.url, 3)).toEqual(["one", "three", "two"]);
    expect(new Set(run.sink.rows.slice(0, 3).map((r) => r.ts)).size).toBe(1);
  });

  it("when the writer's clock is wrong", async () => {
    const source = await newSource();
    const run = await polled(source);
    for (const ts of ["now() - interval '1 hour'", "now() + interval '1 hour'", "'2090-01-01'"]) {
      await sql(source.url, insert("skewed", ts));
      await run.ticks(1);
    }
    expect(await delivered(run, source.url, 3)).toEqual(["skewed", "skewed", "skewed"]);
  });

  it("when rows are exact duplicates, as often as they are there", async () => {
    const source = await newSource();
    const run = await polled(source);
    const same = insert("twin", "'2026-01-01 00:00:00.123457+00'", 0.1);
    await sql(source.url, `${same}; ${same}`);
    await run.ticks(2);
    await sql(source.url, same);
    expect(await delivered(run, source.url, 3)).toEqual(["twin", "twin", "twin"]);
    const twins = run.sink.rows.filter((row) => row.feature === "twin");
    expect(new Set(twins.map((row) => row.ts))).toEqual(new Set([1_767_225_600_123_457]));
  });

  it("when a subtransaction wrote it", async () => {
    const source = await newSource();
    const run = await polled(source);
    const writer = await session(source.url);
    await writer.query(`BEGIN; ${insert("outer")}; SAVEPOINT a; ${insert("inner")}`);
    await run.ticks(2);
    await writer.query(`RELEASE a; SAVEPOINT b; ${insert("undone")}; ROLLBACK TO b`);
    await sql(source.url, insert("beside"));
    await run.ticks(2);
    await writer.query("COMMIT");
    expect(await delivered(run, source.url, 3)).toEqual(["beside", "inner", "outer"]);
  });

  it("when a prepared transaction wrote it", async () => {
    const source = await newSource();
    const run = await polled(source);
    await sql(source.url, "BEGIN; " + insert("prepared") + "; PREPARE TRANSACTION 'p'");
    await sql(source.url, insert("meanwhile"));
    await run.ticks(3);
    await sql(source.url, "COMMIT PREPARED 'p'");
    expect(await delivered(run, source.url, 2)).toEqual(["meanwhile", "prepared"]);
  });

  it("when a long transaction of another database holds the horizon back", async () => {
    const source = await newSource();
    const run = await polled(source);
    const long = await session(sources.postgres.server.url);
    await long.query("BEGIN; SELECT pg_current_xact_id()");
    await sql(source.url, insert("held"));
    await run.ticks(5);
    expect(run.sink.features).toEqual([]);
    await long.query("COMMIT");
    expect(await delivered(run, source.url, 1)).toEqual(["held"]);
  });

  it("when it is older than a day, from 1970, or at either infinity; without a time it is counted", async () => {
    const source = await newSource();
    const run = await polled(source);
    const times = ["now() - interval '25 h'", "'epoch'", "'-infinity'", "'infinity'", "NULL"];
    for (const ts of times) await sql(source.url, insert("old", ts));
    expect(await delivered(run, source.url, 4)).toEqual(["old", "old", "old", "old"]);
    const times2 = run.sink.rows.map((row) => row.ts);
    expect(times2).toEqual(expect.arrayContaining([0, -Infinity, Infinity]));
    // The slowest level may rest before it sees the last of them.
    await eventually(async () =>
      expect(await run.registry.metrics()).toContain(
        'driftwarden_source_rows_dropped_total{source="main",reason="null_timestamp"} 1',
      ),
    );
  });

  it("and what the stream sets aside is counted among the rows that are left out (FR-K4)", async () => {
    const source = await newSource();
    const run = await polled(source);
    run.sink.setsAside = "huge";
    for (const feature of ["huge", "fine", "huge"]) await sql(source.url, insert(feature));
    await delivered(run, source.url, 3);
    await eventually(async () =>
      expect(await run.registry.metrics()).toContain(
        'driftwarden_source_rows_dropped_total{source="main",reason="too_large"} 2',
      ),
    );
  });

  it("rows of all ages are delivered once while several writers commit in any order", async () => {
    const source = await newSource();
    const run = await polled(source, { lookbackMs: [50, 200], pageRows: 7 });
    const write = async (writer: number): Promise<void> => {
      const client = await session(source.url);
      for (let i = 0; i < 60; i += 1) {
        const age = [0, 40, 60, 150, 250, 5000][(i * 7 + writer) % 6];
        const ts = `clock_timestamp() - interval '${age} ms'`;
        await client.query(`BEGIN; ${insert(`${writer}:${i}`, ts)}; SELECT pg_sleep(0.00${i % 9})`);
        await client.query(i % 10 === 9 ? "ROLLBACK" : "COMMIT");
      }
    };
    await Promise.all([0, 1, 2, 3].map(write));
    const committed = [0, 1, 2, 3].flatMap((writer) =>
      [...Array(60).keys()].filter((i) => i % 10 !== 9).map((i) => `${writer}:${i}`),
    );
    expect(await delivered(run, source.url, committed.length)).toEqual(committed.toSorted());
    expect(new Set(run.sink.rowRecords.map((record) => record.level))).toEqual(new Set([0, 1, 2]));
  });
});

describe("a window", () => {
  it("of 200,000 rows of one timestamp comes in bounded pages and in order", async () => {
    const source = await newSource();
    const run = await polled(source);
    const many = "SELECT now(), 'f' || i % 50, i FROM generate_series(1, 200000) i";
    await sql(source.url, `INSERT INTO explainability_metrics ${many}`);
    await eventually(() => expect(run.sink.rows.length).toBe(200_000));
    const sizes = run.sink.appends.map((records) =>
      records.reduce((sum, record) => sum + (record.kind === "rows" ? record.rows.length : 0), 0),
    );
    expect(Math.max(...sizes)).toBe(5_000);
    const tids = run.sink.rows.map((row) => row.tid);
    expect(tids.every((tid, i) => i === 0 || tid > (tids[i - 1] ?? 0))).toBe(true);
    expect(new Set(run.sink.rowRecords.map((record) => record.window))).toEqual(new Set([1]));
  });
});

describe("the watchdog's round of a source", () => {
  it("moves with each page, also when no row of a long history is fit for the stream", async () => {
    const source = await newSource();
    const unusable =
      "select now() - n * interval '1 second', null, 1 from generate_series(1, 1000) n";
    await sql(source.url, `INSERT INTO explainability_metrics ${unusable}`);
    let moves = 0;
    let movesBefore: number | undefined;
    const sink = new MemorySink();
    sink.before = () => void (movesBefore ??= moves);
    const round: Round = { run: (work) => work(), moved: () => void moves++ };
    const run = sources.run(source.readonlyUrl, { sink, round }, { pageRows: 100 });
    await run.ticks(1);
    expect([sink.rows, sink.history]).toEqual([[], []]);
    expect(movesBefore).toBeGreaterThan(10);
    expect(run.poller.rows()?.read).toBe(1000);
  });
});

describe("the watermark", () => {
  it("stays before a transaction that has begun to write, even the newest one, until it has ended", async () => {
    const source = await newSource();
    const run = await polled(source);
    const writer = await session(source.url);
    await writer.query(`BEGIN; ${insert("open", "clock_timestamp()")}`);
    const begun = await writer.query<{ now: string }>(
      "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint::text AS now",
    );
    // A poll that was under way when the transaction began may still tick; later ones may not pass it.
    await run.ticks(5);
    const after = await writer.query<{ now: string }>(
      "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint::text AS now",
    );
    const held = run.sink.ticks.at(-1)?.watermark ?? 0;
    expect(held).toBeLessThan(Number(begun.rows[0]?.now));
    await run.ticks(5);
    expect(run.sink.ticks.at(-1)?.watermark).toBe(held);
    await writer.query("COMMIT");
    await eventually(() =>
      expect(run.sink.ticks.at(-1)?.watermark).toBeGreaterThan(Number(after.rows[0]?.now)),
    );
    const rowAt = run.sink.records.findIndex((record) => record.kind === "rows");
    const passedAt = run.sink.records.findIndex(
      (record) => record.kind === "tick" && record.watermark > (run.sink.rows[0]?.ts ?? 0),
    );
    expect(rowAt).toBeGreaterThan(-1);
    expect(rowAt).toBeLessThan(passedAt);
  });
});
