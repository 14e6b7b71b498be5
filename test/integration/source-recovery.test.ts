import { describe, expect, it } from "vitest";
import type { StreamRecord } from "../../src/stream/record.ts";
import { eventually } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";
import { keptLog, MemorySink, withSource } from "../programs/source.ts";

const sources = withSource({ options: { pageRows: 100 } });
const { newSource, run } = sources;

const rowsOf = (count: number, feature = "f", ts = "now()"): string =>
  `INSERT INTO explainability_metrics SELECT ${ts}, '${feature}' || i, i FROM generate_series(1, ${count}) i`;

const isRows = (record: StreamRecord): boolean => record.kind === "rows";
const unique = (values: readonly string[]): number => new Set(values).size;

/** A sink that takes `pages` appends of rows, then refuses until it is told otherwise. */
function refusingAfter(pages: number): {
  sink: MemorySink;
  refused: StreamRecord[][];
  heal(): void;
} {
  const sink = new MemorySink();
  const refused: StreamRecord[][] = [];
  let left = pages;
  sink.before = (records) => {
    if (!records.some(isRows)) return;
    left -= 1;
    if (left >= 0) return;
    refused.push([...records]);
    throw new Error("broker gone");
  };
  return {
    sink,
    refused,
    heal: () => {
      sink.before = () => undefined;
    },
  };
}

describe("a window that was not finished", () => {
  it("a window that was not finished is read again by the next poller: same rows, same order, same number", async () => {
    const source = await newSource();
    const dying = refusingAfter(3);
    const first = run(source.readonlyUrl, { sink: dying.sink });
    await first.ticks(1);
    await sql(source.url, rowsOf(1000));
    await eventually(() => expect(dying.refused.length).toBeGreaterThan(0));
    const stored = first.progress.document ?? "";
    await first.poller.stop();
    first.progress.document = stored;
    await sql(source.url, rowsOf(50, "younger"));

    const second = run(source.readonlyUrl, { progress: first.progress });
    await eventually(() => expect(second.sink.rows.length).toBe(1050));
    await second.ticks(3);
    expect(unique(second.sink.features)).toBe(1050);
    const again = second.sink.records.filter(isRows).slice(0, 3);
    expect(again).toEqual(first.sink.records.filter(isRows));
    expect(second.sink.rowRecords.map((record) => record.window).slice(0, 10)).toEqual(
      Array(10).fill(1),
    );
    expect(second.sink.rowRecords.at(-1)?.window).toBe(2);
  });

  it("goes on with the same records when the sink refused some", async () => {
    const source = await newSource();
    const flaky = refusingAfter(4);
    const { ticks, sink, poller } = run(source.readonlyUrl, { sink: flaky.sink });
    await ticks(1);
    await sql(source.url, rowsOf(1000));
    await eventually(() => expect(flaky.refused.length).toBeGreaterThan(1));
    expect(poller.health().reason).toContain("broker gone");
    flaky.heal();
    await ticks(3);
    expect(flaky.refused[1]).toEqual(flaky.refused[0]);
    expect(sink.records.filter(isRows)[4]).toEqual(flaky.refused[0]?.[0]);
    expect(sink.rows.map((row) => row.importance)).toEqual(
      [...Array(1000).keys()].map((i) => i + 1),
    );
  });

  it("is not begun before the store knows of it", async () => {
    const source = await newSource();
    const { logger, lines } = keptLog();
    const { ticks, sink, progress, poller, registry } = run(source.readonlyUrl, { logger });
    await ticks(1);
    progress.broken = true;
    await sql(source.url, rowsOf(10));
    await eventually(() => expect(poller.health().reason).toContain("store gone"));
    await sql(source.url, rowsOf(10, "g"));
    await eventually(async () =>
      expect(await registry.metrics()).toMatch(/reason="store_refused"\} [3-9]/),
    );
    expect(lines.join("\n")).toContain("DW_SOURCE_STORE_REFUSED");
    expect(sink.rows).toEqual([]);
    progress.broken = false;
    await eventually(() => expect(sink.rows.length).toBe(20));
    await ticks(2);
    expect(unique(sink.features)).toBe(20);
  });

  it("is not sent again after an orderly stop that came later", async () => {
    const source = await newSource();
    const first = run(source.readonlyUrl);
    await first.ticks(1);
    await sql(source.url, rowsOf(10));
    await eventually(() => expect(first.sink.rows.length).toBe(10));
    // The poll has ended: what a stop interrupts is read again, under its number.
    await first.ticks(1);
    await first.poller.stop();
    await sql(source.url, rowsOf(5, "next"));
    const second = run(source.readonlyUrl, { progress: first.progress });
    await eventually(() => expect(second.sink.rows.length).toBe(5));
    await second.ticks(2);
    expect(second.sink.rows.length).toBe(5);
  });
});

describe("the stored positions", () => {
  it("are not written while nothing comes", async () => {
    const source = await newSource();
    const idle = run(source.readonlyUrl);
    await idle.ticks(2);
    const before = idle.progress.saves;
    await idle.ticks(20);
    expect(idle.progress.saves).toBeLessThanOrEqual(before + 1);
  });

  it("are written twice a window, and are small", async () => {
    const source = await newSource();
    const busy = run(source.readonlyUrl);
    await busy.ticks(70);
    const before = busy.progress.saves;
    await sql(source.url, rowsOf(1000));
    await eventually(() => expect(busy.sink.rows.length).toBe(1000));
    await busy.ticks(2);
    expect(busy.progress.saves - before).toBeLessThanOrEqual(3);
    expect(busy.progress.document?.length).toBeLessThan(5000);
  });
});

describe("a source that restarts", () => {
  it("is polled again without loss", async () => {
    const source = await newSource();
    const { ticks, sink, registry, poller } = run(source.readonlyUrl);
    await ticks(1);
    await sql(source.url, rowsOf(10));
    await sources.postgres.server.restart();
    await sql(source.url, rowsOf(10, "g"));
    await eventually(() => expect(sink.rows.length).toBe(20));
    await ticks(3);
    expect(unique(sink.features)).toBe(20);
    expect(poller.health()).toEqual({ ok: true });
    expect(await registry.metrics()).toMatch(
      /poll_failures_total\{source="main",reason="unreachable"\} [1-9]/,
    );
  });
});
