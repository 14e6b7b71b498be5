import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRecord } from "../../../src/stream/codec.ts";
import { planSends } from "../../../src/stream/kafka/sends.ts";
import { partitionOf } from "../../../src/stream/partition.ts";
import type { RowsRecord, StreamRecord } from "../../../src/stream/record.ts";

const plan = {
  partitions: 4,
  streamId: "s",
  maxMessageBytes: 1_048_588,
  onTooLarge: (problem: Error): never => {
    throw problem;
  },
};

const rows = (model: string, count: number, feature = "f"): RowsRecord => ({
  kind: "rows",
  model,
  source: "main",
  level: 0,
  window: 1,
  rows: Array.from({ length: count }, (_, index) => ({
    ts: index,
    feature,
    importance: 0.5,
    tid: index,
  })),
});

/** What arrives in a partition, in order. */
function arriving(sends: ReturnType<typeof planSends>, partition: number) {
  const messages = (sends.get(partition) ?? []).flat();
  return messages.map(({ value }) => decodeRecord(Buffer.from(value ?? "")));
}

describe("planning produce calls", () => {
  it("keeps the records of a partition in order and sends a tick to every partition", () => {
    const tick: StreamRecord = { kind: "tick", source: "main", watermark: 1, clock: 2 };
    const key = fc.constantFrom("a", "b", "c", "d", "e");
    const record = fc.oneof(
      key.map((model) => rows(model, 2)),
      fc.constant(tick),
    );
    fc.assert(
      fc.property(fc.array(record), (records) => {
        const sends = planSends(records, plan);
        for (let partition = 0; partition < plan.partitions; partition += 1) {
          const wanted = records.filter(
            (one) => one.kind === "tick" || partitionOf(one.model, plan.partitions) === partition,
          );
          expect(arriving(sends, partition)).toEqual(wanted);
        }
      }),
    );
  });

  it("never puts more than 500 records or 800 kB into one call, and every record has key and id", () => {
    const records = Array.from({ length: 3000 }, (_, index) =>
      rows("m", index % 7 === 0 ? 2000 : 1),
    );
    const calls = [...planSends(records, plan).values()].flat();
    expect(calls.length).toBeGreaterThan(3000 / 500);
    for (const messages of calls) {
      const bytes = messages.reduce((sum, { value }) => sum + Buffer.byteLength(value ?? ""), 0);
      expect(messages.length).toBeLessThanOrEqual(500);
      expect(bytes).toBeLessThanOrEqual(800_000);
      expect(messages.every(({ key, headers }) => key === "m" && headers?.["stream"] === "s")).toBe(
        true,
      );
    }
  });

  it("splits rows that are too large together, and closes a history only with its last part", () => {
    const history: StreamRecord = {
      kind: "history",
      model: "m",
      source: "main",
      rows: rows("m", 3000, "f".repeat(1000)).rows,
      last: true,
    };
    const parts = arriving(planSends([history], plan), partitionOf("m", plan.partitions));
    const histories = parts.filter((part) => part.kind === "history");
    expect(histories.length).toBeGreaterThan(3);
    expect(histories.flatMap((part) => part.rows)).toEqual(history.rows);
    expect(histories.map((part) => part.last).lastIndexOf(false)).toBe(histories.length - 2);
    expect(histories.at(-1)?.last).toBe(true);
  });

  it("sets a single row that no call can carry aside, names its model, and sends the others (FR-K4)", () => {
    const said: string[] = [];
    const huge = rows("m", 3, "f".repeat(10)).rows.map((row, place) =>
      place === 1 ? { ...row, feature: "f".repeat(900_000) } : row,
    );
    const history = { kind: "history", model: "m", source: "main", last: true } as const;
    const records = [
      { ...rows("m", 0), rows: huge },
      { ...history, rows: huge.slice(1, 2) },
    ];
    const onTooLarge = ({ message }: Error): void => void said.push(message);
    const sends = planSends(records, { ...plan, onTooLarge });
    const parts = arriving(sends, partitionOf("m", plan.partitions));
    expect(parts.flatMap((part) => (part.kind === "rows" ? part.rows : []))).toEqual([
      huge[0],
      huge[2],
    ]);
    expect(parts.at(-1)).toEqual({ ...history, rows: [] });
    expect(said).toEqual([
      expect.stringMatching(/^a rows record of model m /),
      expect.stringMatching(/^a history record of model m /),
    ]);
  });
});
