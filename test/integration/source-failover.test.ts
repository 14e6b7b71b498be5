import { describe, expect, it, onTestFinished } from "vitest";
import { startPostgres } from "../../src/sandbox/postgres.ts";
import { writtenIn } from "../../src/source/sql/row.ts";
import { eventually } from "../programs/eventually.ts";
import { settingsOfTests, sql, startTestPostgres } from "../programs/postgres.ts";
import { withSource } from "../programs/source.ts";
import { standbyFolder } from "../programs/standby.ts";

const sources = withSource({ options: { lookbackMs: [60_000, 120_000] } });
const { run } = sources;

const rowsOf = (count: number, feature: string, ts = "clock_timestamp()"): string =>
  `INSERT INTO explainability_metrics SELECT ${ts}, '${feature}' || i, i FROM generate_series(1, ${count}) i`;

/** Each row in a transaction of its own. */
async function transactions(url: string, count: number, feature: string): Promise<void> {
  const inserts = Array.from({ length: count }, (_, i) => rowsOf(1, `${feature}${i}.`));
  await sql(url, inserts.map((insert) => `BEGIN; ${insert}; COMMIT`).join(";"));
}

describe("a source on another cluster", () => {
  it("restored from a dump is read on: nothing new is lost, nothing is sent again", async () => {
    const source = await sources.newSource();
    const first = run(source.readonlyUrl);
    await first.ticks(2);
    await sql(source.url, rowsOf(10, "old", "now() - interval '1 hour'"));
    await sql(source.url, rowsOf(10, "young"));
    await eventually(() => expect(first.sink.rows.length).toBe(20));
    await first.poller.stop();
    // Committed before the dump, read by nobody yet.
    await sql(source.url, rowsOf(10, "unread"));
    const dump = await sql(
      source.url,
      'SELECT "timestamp"::text AS ts, feature_name AS f, importance AS i FROM explainability_metrics',
    );

    const other = await startTestPostgres();
    onTestFinished(() => other.stop());
    const restored = await other.createSource("restored");
    const values = dump.map(
      (row) => `('${String(row["ts"])}', '${String(row["f"])}', ${String(row["i"])})`,
    );
    await sql(restored.url, `INSERT INTO explainability_metrics VALUES ${values.join(",")}`);
    const second = run(restored.readonlyUrl, { progress: first.progress });
    await sql(restored.url, rowsOf(10, "after"));
    await eventually(() => expect(new Set(second.sink.features).size).toBe(20));
    await second.ticks(3);
    const seen = second.sink.features.map((feature) => feature.replace(/\d+$/, ""));
    expect(new Set(seen)).toEqual(new Set(["unread", "after"]));
    expect(seen).toHaveLength(20);
    expect(await second.registry.metrics()).toContain('rewrites_total{source="main"} 1');
    // Above the windows sent from the old cluster, so that detection takes them.
    const last = first.sink.rowRecords.at(-1)?.window ?? 0;
    expect(Math.min(...second.sink.rowRecords.map((record) => record.window))).toBeGreaterThan(
      last,
    );
  });

  it("promoted without the last transactions gives their ids again, and no row is lost or sent again", async () => {
    const source = await sources.postgres.createSource("primary");
    const first = run(source.readonlyUrl);
    await first.ticks(1);
    await transactions(source.url, 5, "both");
    await eventually(() => expect(first.sink.rows.length).toBe(5));
    const folder = await standbyFolder(sources.postgres);
    // Never replicated, but polled.
    await transactions(source.url, 60, "lost");
    await eventually(() => expect(first.sink.features.at(-1)).toContain("lost"));
    await eventually(() => expect(first.sink.rows.length).toBe(65));
    await first.poller.stop();

    // A standby may not allow fewer connections than its primary.
    const standby = await startPostgres({ dataDir: folder, settings: settingsOfTests });
    onTestFinished(() => standby.stop());
    await sql(standby.url, "SELECT pg_promote()");
    const url = new URL(standby.url);
    url.pathname = "/primary";
    await transactions(url.href, 100, "promoted");
    url.username = "readonly";
    const second = run(url.href, { progress: first.progress });
    const promoted = (): number =>
      second.sink.features.filter((feature) => feature.startsWith("promoted")).length;
    await eventually(() => expect(promoted()).toBe(100));
    await second.ticks(3);
    // What both servers have was sent from the first.
    expect(second.sink.rows).toHaveLength(100);
    expect(await second.registry.metrics()).toContain('rewrites_total{source="main"} 1');
  });
});

describe("a window over the end of the 32-bit counter", () => {
  it("takes the transactions on both sides of it and no others", async () => {
    const end = 2n ** 32n;
    const from = end - 5n;
    const to = end + 8n;
    const ids = [end - 6n, end - 5n, end - 1n, end + 3n, end + 7n, end + 8n, end - 2n ** 31n];
    const values = ids.map((id) => `('${BigInt.asUintN(32, id)}'::xid, ${id})`).join(",");
    const rows = await sql(
      sources.postgres.server.url,
      `SELECT id::text FROM (VALUES ${values}) AS m (xmin, id)
       WHERE ${writtenIn(String(BigInt.asUintN(32, from)), String(to - from))} ORDER BY id`,
    );
    expect(rows.map((row) => row["id"])).toEqual(
      [end - 5n, end - 1n, end + 3n, end + 7n].map(String),
    );
  });
});
