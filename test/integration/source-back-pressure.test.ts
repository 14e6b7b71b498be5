import EventEmitter, { once } from "node:events";
import { describe, expect, it } from "vitest";
import { endsWithin, eventually } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";
import { keptLog, MemorySink, withSource } from "../programs/source.ts";

const sources = withSource({ options: { pageRows: 100 } });

const rowsOf = (count: number): string =>
  `INSERT INTO explainability_metrics SELECT now(), 'f' || i, i FROM generate_series(1, ${count}) i`;

/** A sink that keeps the third page of rows waiting until it is told. */
function hangingSink(): { readonly sink: MemorySink; readonly gate: EventEmitter } {
  const sink = new MemorySink();
  const gate = new EventEmitter();
  let pages = 0;
  sink.before = async (records) => {
    if (!records.some((record) => record.kind === "rows")) return;
    pages += 1;
    if (pages !== 3) return;
    gate.emit("hanging");
    await once(gate, "answer");
  };
  return { sink, gate };
}

const transactions = async (url: string): Promise<number> => {
  const [row] = await sql(
    url,
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE application_name = 'driftwarden' AND xact_start IS NOT NULL`,
  );
  return Number(row?.["n"]);
};

describe("a stream that does not answer", () => {
  it("keeps no transaction open in the source, and gets the rest of the window once when it answers", async () => {
    const source = await sources.newSource();
    const { sink, gate } = hangingSink();
    const { logger, lines } = keptLog();
    const run = sources.run(source.readonlyUrl, { sink, logger }, { streamDeadlineMs: 300 });
    await run.ticks(1);
    const hanging = once(gate, "hanging");
    await sql(source.url, rowsOf(1000));
    await hanging;
    expect(await transactions(source.url)).toBe(1);
    await eventually(async () => expect(await transactions(source.url)).toBe(0));
    expect(run.poller.health().reason).toContain("has not answered for 0.3 s");
    expect(lines.filter((line) => line.includes("DW_SOURCE_STREAM_LATE"))).toHaveLength(1);
    // Nothing else is sent meanwhile.
    expect(sink.rows).toHaveLength(200);
    gate.emit("answer");
    await run.ticks(2);
    expect(sink.rows.map((row) => row.importance)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i + 1),
    );
    expect(await run.registry.metrics()).toContain(
      'poll_failures_total{source="main",reason="stream_late"} 1',
    );
    expect(run.poller.health()).toEqual({ ok: true });
  });

  it("does not hold up a stop for more than five seconds", async () => {
    const source = await sources.newSource();
    const { sink, gate } = hangingSink();
    const run = sources.run(source.readonlyUrl, { sink });
    await run.ticks(1);
    const hanging = once(gate, "hanging");
    await sql(source.url, rowsOf(1000));
    await hanging;
    expect(await endsWithin(20_000, () => run.poller.stop())).toBe(true);
    gate.emit("answer");
  });
});
