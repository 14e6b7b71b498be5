import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { eventually } from "../programs/eventually.ts";
import { sql, type TestDatabase } from "../programs/postgres.ts";
import { keptLog, MemorySink, type SourceRun, taken, withSource } from "../programs/source.ts";

const modelTable = `CREATE TABLE explainability_metrics (
  at timestamp, feature_name text, importance numeric, model_name text)`;
const columns = {
  timestamp: "at",
  feature: "feature_name",
  importance: "importance",
  model: "model_name",
};

const { newSource, run: runOn } = withSource({
  ddl: modelTable,
  options: { columns, pageRows: 50 },
});

const start = ({ readonlyUrl }: TestDatabase, over = {}, sink = new MemorySink()): SourceRun =>
  runOn(readonlyUrl, { sink }, over);

/** `count` rows, a minute apart, the newest one minute old; features number the minutes. */
const past = (count: number, model: string): string =>
  `INSERT INTO explainability_metrics SELECT timezone('UTC', now()) - i * interval '1 minute', i::text, i, '${model}'
   FROM generate_series(1, ${count}) i`;

const modelsOf = ({ sink }: SourceRun, last: boolean): readonly string[] =>
  sink.records.flatMap((record) =>
    record.kind === "history" && record.last === last ? [record.model] : [],
  );

describe("the first start", () => {
  it("sends the past as history in time order and closes it for each model", async () => {
    const source = await newSource();
    await sql(source.url, `${past(120, "a")}; ${past(80, "b/c")}`);
    const run = start(source);
    await run.ticks(1);
    const keys = ["default/default/main/a", "default/default/main/b%2Fc"];
    expect([...new Set(modelsOf(run, false))].toSorted()).toEqual(keys);
    expect(modelsOf(run, true).toSorted()).toEqual(keys);
    expect(run.sink.history.length).toBe(200);
    for (const key of keys) {
      const own = run.sink.records.flatMap((record) =>
        record.kind === "history" && record.model === key ? record.rows : [],
      );
      expect(own.map((row) => row.ts)).toEqual(own.map((row) => row.ts).toSorted((x, y) => x - y));
    }
    expect(run.sink.rows).toEqual([]);
  });

  it("says how far a long history is", async () => {
    const source = await newSource();
    await sql(source.url, past(200, "a"));
    const sink = new MemorySink();
    const { logger, lines } = keptLog();
    // Every page takes three seconds, and it is said every five.
    const now = (): number => systemClock.now() + sink.appends.length * 3_000;
    const run = runOn(source.readonlyUrl, { sink, logger, clock: { ...systemClock, now } });
    await run.ticks(1);
    const said = lines.filter((line) => line.includes("history is being sent"));
    expect(said.map((line) => JSON.parse(line))).toMatchObject([
      { rows: 100, models: 1 },
      { rows: 200, models: 1 },
    ]);
  });

  it("sends what is ahead of its clock as new rows, once, after the history", async () => {
    const source = await newSource();
    await sql(
      source.url,
      `${past(60, "a")}; INSERT INTO explainability_metrics VALUES ('2090-01-01', 'ahead', 1, 'a')`,
    );
    const run = start(source);
    await run.ticks(1);
    await sql(source.url, past(1, "a"));
    await eventually(() => expect(run.sink.rows).toHaveLength(2));
    expect(run.sink.history).toHaveLength(60);
    expect(taken(run.sink.records).slice(-2)).toEqual(["ahead", "1"]);
  });

  it("keeps the newest rows when there are more than wanted, and none older than wanted", async () => {
    const source = await newSource();
    await sql(source.url, past(120, "a"));
    const run = start(source, { history: { ms: 90.5 * 60_000, maxRows: 70 } });
    await run.ticks(1);
    expect(run.sink.history.map((row) => row.importance)).toEqual(
      [...Array(70).keys()].map((i) => 70 - i),
    );
    await run.poller.stop();
    const younger = start(source, { history: { ms: 30.5 * 60_000, maxRows: 70 } });
    await younger.ticks(1);
    expect(younger.sink.history.length).toBe(30);
  });

  it("delivers each row either as history or live, whatever commits around the seam", async () => {
    const source = await newSource();
    await sql(source.url, past(300, "a"));
    const open = new Client({ connectionString: source.url });
    await open.connect();
    await open.query(`BEGIN; ${past(20, "a").replace("i::text", "'open' || i")}`);
    await sql(source.url, past(20, "a").replace("i::text", "'behind' || i"));
    const run = start(source, { lookbackMs: [60_000, 600_000] });
    const writing = (async () => {
      for (let n = 0; n < 40; n += 1) {
        await sql(source.url, past(2, "a").replace("i::text", `'n${n}-' || i`));
      }
    })();
    await eventually(() => expect(run.progress.document).toBeDefined());
    await open.query("COMMIT");
    await open.end();
    await writing;
    await eventually(() =>
      expect(run.sink.rows.length + run.sink.history.length).toBeGreaterThanOrEqual(420),
    );
    await run.ticks(3);
    const all = [...run.sink.history, ...run.sink.rows].map((row) => row.feature);
    expect(all.length).toBe(420);
    expect(new Set(all).size).toBe(420);
    expect(run.sink.history.length).toBeGreaterThanOrEqual(300);
    expect(run.sink.rows.map((row) => row.feature)).toEqual(
      expect.arrayContaining(["open1", "behind1"]),
    );
  });

  it("starts the history over when it was interrupted", async () => {
    const source = await newSource();
    await sql(source.url, past(200, "a"));
    const sink = new MemorySink();
    let refusals = 0;
    sink.before = () => {
      if (sink.appends.length === 2 && refusals < 1) {
        refusals += 1;
        throw new Error("broker gone");
      }
    };
    const run = start(source, {}, sink);
    await run.ticks(1);
    expect(run.sink.history.length).toBe(100 + 200);
    expect(run.sink.history.slice(100, 200)).toEqual(run.sink.history.slice(0, 100));
    expect(modelsOf(run, true)).toEqual(["default/default/main/a"]);
  });

  it("rows committed while the first history was interrupted are read by the levels, however old they are", async () => {
    const source = await newSource();
    await sql(source.url, past(100, "a"));
    const sink = new MemorySink();
    sink.before = (records) => {
      if (records.some((record) => record.kind === "history" && record.last))
        throw new Error("gone");
    };
    const first = start(source, {}, sink);
    await eventually(() => expect(sink.history.length).toBeGreaterThanOrEqual(100));
    await first.poller.stop();
    await sql(source.url, past(1, "a").replace("i::text", "'late'").replace("i *", "50.5 *"));
    const second = runOn(source.readonlyUrl, { progress: first.progress });
    await second.ticks(1);
    expect(second.sink.history.map((row) => row.feature)).not.toContain("late");
    await eventually(() => expect(second.sink.rows.map((row) => row.feature)).toContain("late"));
  });

  it("reads a timestamp without zone in the zone of the source", async () => {
    const source = await newSource();
    const run = start(source, { timeZone: "Asia/Kolkata" });
    await run.ticks(1);
    await sql(
      source.url,
      "INSERT INTO explainability_metrics VALUES ('1970-01-01 05:30:00.000001', 'f', 'NaN', 'a')",
    );
    await eventually(() => expect(run.sink.rows.length).toBe(1));
    expect(run.sink.rows[0]).toMatchObject({ ts: 1, importance: Number.NaN });
  });
});
