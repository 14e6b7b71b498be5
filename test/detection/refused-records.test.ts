import { describe, expect, it } from "vitest";
import { StreamNewerError } from "../../src/stream/errors.ts";
import type { LogEntry } from "../../src/stream/record-log.ts";
import { collapsing } from "../fakes/collapsing-model.ts";
import { MemoryStore, setUp } from "../fakes/worker-in-memory.ts";

const unreadable = (offset: number, error: string): LogEntry => ({
  offset,
  record: { kind: "unreadable", error },
});
const newer = (offset: number): LogEntry => ({
  offset,
  record: { kind: "newer", refusal: new StreamNewerError(2, 1) },
});

describe("a record of a newer form", () => {
  it("stops the partition with DW_STREAM_NEWER, after what stands before it is decided", async () => {
    const store = new MemoryStore();
    const { worker } = setUp(store);
    await worker.assigned(0);
    const entries = [...collapsing(60, 70), newer(70), unreadable(71, "behind it")];
    await expect(worker.received(0, entries)).rejects.toMatchObject({ code: "DW_STREAM_NEWER" });
    expect(store.decidedOffset).toBe(69);
    await expect(worker.received(0, entries)).rejects.toMatchObject({ code: "DW_STREAM_NEWER" });
    expect(store.decisions).toHaveLength(1);
  });

  it("is read on from by a program that knows it", async () => {
    const store = new MemoryStore();
    const old = setUp(store);
    await old.worker.assigned(0);
    const entries = collapsing(60, 70);
    await expect(old.worker.received(0, [...entries, newer(70)])).rejects.toThrow("form 2");
    await old.worker.stop();
    const { worker } = setUp(store);
    expect(await worker.assigned(0)).toBe(70);
    await worker.received(0, [unreadable(70, "as if it could read it")]);
  });
});

describe("records that cannot be read", () => {
  it("are logged once a reason, however many a neighbour writes", async () => {
    const said: string[] = [];
    const { worker } = setUp(new MemoryStore(), { said: (line) => said.push(line) });
    await worker.assigned(0);
    const entries = Array.from({ length: 1000 }, (_, offset) =>
      unreadable(offset, `reason ${offset % 3}`),
    );
    await worker.received(0, entries);
    expect(said).toHaveLength(3);
    const many = Array.from({ length: 1000 }, (_, offset) =>
      unreadable(1000 + offset, `${offset}`),
    );
    await worker.received(0, many);
    expect(said).toHaveLength(100);
  });
});
