import { DatabaseError } from "pg";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { Delivery } from "../../src/source/delivery.ts";
import { toSourceError } from "../../src/source/errors.ts";
import { sourceMetrics } from "../../src/source/metrics.ts";
import type { RawRow } from "../../src/source/rows.ts";
import type { RecordSink } from "../../src/stream/record-sink.ts";
import { keptLog, MemorySink, sourceOptions } from "../programs/source.ts";

function delivery(sink: RecordSink = new MemorySink()) {
  const log = keptLog();
  const made = new Delivery({
    options: sourceOptions("postgres://nowhere"),
    sink,
    logger: log.logger,
    metrics: sourceMetrics(new Registry(), () => []),
    signal: new AbortController().signal,
    onLate: () => undefined,
  });
  return { made, lines: log.lines };
}

describe("what a source tells of its rows and its stream", () => {
  it("names with controls are told once as DW_SOURCE_NAME_CLEANED", () => {
    const { made, lines } = delivery();
    const row: RawRow = [1_767_225_600_000_000, "a\u0007ge", "0.5", "(0,1)", "churn"];
    expect(made.parse([row, row]).rows.map(({ row: { feature } }) => feature)).toEqual([
      "a ge",
      "a ge",
    ]);
    made.parse([row]);
    const told = lines.filter((line) => line.includes("DW_SOURCE_NAME_CLEANED"));
    expect(told).toHaveLength(1);
  });

  it("a stream that refuses records is DW_SOURCE_STREAM_REFUSED, which may pass", async () => {
    const { made } = delivery({ append: () => Promise.reject(new Error("no leader")) });
    const tick = { kind: "tick", source: "main", watermark: 1, clock: 1 } as const;
    await expect(made.records([tick])).rejects.toMatchObject({
      code: "DW_SOURCE_STREAM_REFUSED",
      retryable: true,
      message: "handing records to the stream: no leader",
    });
  });

  it("a statement that the server has ended for its time is DW_SOURCE_TIMEOUT", () => {
    const cancelled = new DatabaseError("canceling statement", 20, "error");
    cancelled.code = "57014";
    expect(toSourceError(cancelled, "polling t")).toMatchObject({
      code: "DW_SOURCE_TIMEOUT",
      retryable: true,
      hint: expect.stringContaining("index on the timestamp column"),
    });
  });
});
