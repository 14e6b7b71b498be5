import { describe, expect, it } from "vitest";
import type { StreamRecord } from "../../src/stream/record.ts";
import { eventually } from "../programs/eventually.ts";
import { sql, type TestDatabase } from "../programs/postgres.ts";
import { MemorySink, taken, withSource } from "../programs/source.ts";

const { newSource, run } = withSource({ options: { pageRows: 100 } });

const rowsOf = (count: number, feature: string, ts = "clock_timestamp()"): string =>
  `INSERT INTO explainability_metrics SELECT ${ts}, '${feature}' || i, i FROM generate_series(1, ${count}) i`;

/** Every row gets a new transaction. */
const rewrites = ["real", "double precision"].map(
  (type) => `ALTER TABLE explainability_metrics ALTER importance TYPE ${type}`,
);
const [rewrite = ""] = rewrites;

const written = async ({ url }: TestDatabase): Promise<readonly string[]> => {
  const rows = await sql(url, "SELECT feature_name AS f FROM explainability_metrics ORDER BY 1");
  return rows.map((row) => String(row["f"])).toSorted();
};

/** A sink that takes `pages` appends of rows and fails every later one until it is healed. */
function failingAfter(
  pages: number,
  fail: (sink: MemorySink, records: readonly StreamRecord[]) => void,
): {
  readonly sink: MemorySink;
  readonly failures: () => number;
  heal(): void;
} {
  const sink = new MemorySink();
  let appends = 0;
  sink.before = (records) => {
    if (!records.some(({ kind }) => kind === "rows")) return;
    appends += 1;
    if (appends <= pages) return;
    fail(sink, records);
    throw new Error("broker gone");
  };
  const heal = (): void => {
    sink.before = () => undefined;
  };
  return { sink, failures: () => appends - pages, heal };
}

describe("a table whose rows moved but kept their transactions", () => {
  it("loses and repeats nothing by VACUUM FULL between two polls", async () => {
    const source = await newSource();
    const { ticks, sink, registry } = run(source.readonlyUrl);
    await ticks(1);
    await sql(source.url, rowsOf(10, "f"));
    await ticks(3);
    await sql(source.url, rowsOf(10, "old", "now() - interval '2 days'"));
    const writers = Array.from({ length: 20 }, (_, i) => sql(source.url, rowsOf(10, `w${i}.`)));
    await Promise.all([...writers, sql(source.url, "VACUUM FULL explainability_metrics")]);
    await sql(source.url, rowsOf(10, "new"));
    await eventually(() => expect(sink.rows.length).toBe(230));
    await ticks(3);
    expect(sink.features).toEqual(await written(source));
    expect(await registry.metrics()).not.toContain("rewrites_total{");
  });

  it.each([
    ["after a page that was refused", () => undefined],
    [
      "after a page that arrived, though its answer did not",
      (sink: MemorySink, records: readonly StreamRecord[]) => void sink.records.push(...records),
    ],
  ])("a table whose rows moved in the middle of a window is read on %s", async (_, fail) => {
    const source = await newSource();
    const failing = failingAfter(3, fail);
    const { ticks, sink } = run(source.readonlyUrl, { sink: failing.sink });
    await ticks(1);
    // Rows of one time, whose order only their places tell, then others.
    const deleted = rowsOf(100, "deleted", "now() - interval '2 s'");
    await sql(
      source.url,
      `${deleted}; ${rowsOf(250, "same", "now() - interval '1 s'")}; ${rowsOf(400, "f")}`,
    );
    await eventually(() => expect(failing.failures()).toBeGreaterThan(0));
    await sql(source.url, "DELETE FROM explainability_metrics WHERE feature_name LIKE 'deleted%'");
    await sql(source.url, "VACUUM FULL explainability_metrics");
    await sql(source.url, rowsOf(10, "new"));
    failing.heal();
    await eventually(() => expect(sink.features).toContain("new10"));
    await ticks(3);
    const kept = taken(sink.records).filter((feature) => !feature.startsWith("deleted"));
    expect(kept.toSorted()).toEqual(await written(source));
  });
});

describe("a table that was rewritten with new transactions", () => {
  it("is noticed, counted, and read on; what is new of the last minute comes, nothing comes twice", async () => {
    const source = await newSource();
    const { ticks, sink, registry } = run(source.readonlyUrl);
    await ticks(2);
    await sql(source.url, rowsOf(10, "old", "now() - interval '1 hour'"));
    await sql(source.url, rowsOf(10, "f"));
    await eventually(() => expect(sink.rows.length).toBe(20));
    await ticks(1);
    const unread = rowsOf(5, "unread", "now() - interval '20 s'");
    await sql(source.url, `BEGIN; ${unread}; ${rewrite}; COMMIT`);
    await sql(source.url, rowsOf(10, "new"));
    await eventually(() => expect(sink.features).toContain("new10"));
    await ticks(3);
    expect(sink.features).toEqual(await written(source));
    expect(await registry.metrics()).toContain('rewrites_total{source="main"} 1');
  });

  it("gives a new row that is equal to one that was sent", async () => {
    const source = await newSource();
    const { ticks, sink } = run(source.readonlyUrl);
    await ticks(2);
    await sql(source.url, rowsOf(1, "twin", "date_trunc('second', now())"));
    await eventually(() => expect(sink.features).toEqual(["twin1"]));
    await ticks(1);
    const twin = "INSERT INTO explainability_metrics SELECT * FROM explainability_metrics";
    await sql(source.url, `BEGIN; ${twin}; ${rewrite}; COMMIT`);
    await eventually(() => expect(sink.features).toEqual(["twin1", "twin1"]));
    await sql(source.url, `BEGIN; ${twin}; ${rewrites[1]}; COMMIT`);
    await eventually(() => expect(sink.features).toEqual(Array(4).fill("twin1")));
    await ticks(3);
    expect(taken(sink.records)).toHaveLength(4);
  });

  it("a table that is rewritten again and again while it is written and polled gives each row once", async () => {
    const source = await newSource();
    const { sink, ticks, registry } = run(source.readonlyUrl, {}, { pollIntervalMs: 1 });
    await ticks(2);
    const writing = (async () => {
      for (let i = 0; i < 200; i += 1) await sql(source.url, rowsOf(5, `w${i}.`));
    })();
    for (let i = 0; i < 40; i += 1) {
      await sql(source.url, rewrites[i % 2] ?? "");
      await ticks(1);
    }
    await writing;
    await eventually(() => expect(sink.rows.length).toBeGreaterThanOrEqual(1000));
    await ticks(3);
    expect(sink.features).toEqual(await written(source));
    expect(await registry.metrics()).toMatch(/rewrites_total\{source="main"\} [1-9]/);
  });

  it("while a page was under way gives the rows of that page once", async () => {
    const source = await newSource();
    const failing = failingAfter(2, (sink, records) => void sink.records.push(...records));
    const { ticks, sink } = run(source.readonlyUrl, { sink: failing.sink });
    await ticks(2);
    await sql(source.url, rowsOf(500, "f"));
    await eventually(() => expect(failing.failures()).toBeGreaterThan(0));
    await sql(source.url, rewrite);
    failing.heal();
    await eventually(() => expect(sink.features).toContain("f500"));
    await ticks(3);
    expect(taken(sink.records).toSorted()).toEqual(await written(source));
  });

  it.each([
    ["between two lives of the daemon", 1000],
    ["while the daemon was down in the middle of a window", 3],
  ])("%s is told from what the first one sent", async (_, pages) => {
    const source = await newSource();
    const failing = failingAfter(pages, () => undefined);
    const first = run(source.readonlyUrl, { sink: failing.sink });
    await first.ticks(2);
    await sql(source.url, rowsOf(500, "f"));
    await eventually(() =>
      expect(failing.failures() > 0 || first.sink.rows.length === 500).toBe(true),
    );
    await first.poller.stop();
    await sql(source.url, `BEGIN; ${rowsOf(5, "unread")}; ${rewrite}; COMMIT`);
    const second = run(source.readonlyUrl, { progress: first.progress });
    await eventually(() => expect(second.sink.features).toContain("unread5"));
    await second.ticks(2);
    const records = [...first.sink.records, ...second.sink.records];
    expect(taken(records).toSorted()).toEqual(await written(source));
  });

  it("before its history was sent is history, all of it", async () => {
    const source = await newSource();
    await sql(source.url, rowsOf(450, "f", "now() - i * interval '1 s'"));
    const sink = new MemorySink();
    sink.before = () => {
      if (sink.history.length > 200) throw new Error("broker gone");
    };
    const first = run(source.readonlyUrl, { sink });
    await eventually(() => expect(first.poller.health().reason).toContain("broker gone"));
    await sql(source.url, rewrite);
    sink.before = () => undefined;
    await first.ticks(2);
    expect(sink.rows).toEqual([]);
    expect(new Set(sink.history.map(({ feature }) => feature)).size).toBe(450);
    expect(taken(sink.records)).toHaveLength(450);
  });
});
