import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { HeldPartitions } from "../../src/app/held-partitions.ts";
import { systemClock } from "../../src/clock.ts";
import { claimPartition } from "../../src/store/partitions/claim.ts";
import type { Store } from "../../src/store/store.ts";
import { eventually } from "../programs/eventually.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();
let store: Store;
beforeAll(async () => {
  store = await stores.open();
});

function processOf(owner: string, given: Store, stream: string): HeldPartitions {
  const held = new HeldPartitions({
    store: given,
    stream,
    partitions: 2,
    owner,
    ttlMs: 1500,
    clock: systemClock,
  });
  onTestFinished(() => held.stop());
  return held;
}

describe("the partitions of a stream (FR-K8)", () => {
  it("make every process not ready while nobody that lives holds one, and ready when another took it", async () => {
    const stream = "watched";
    // As a process that is killed: it neither beats nor leaves any more.
    let alive = true;
    const mortal: Store = {
      ...store,
      query: (sql, values) =>
        alive ? store.query(sql, values) : Promise.reject(new Error("killed")),
    };
    const first = processOf("first", mortal, stream);
    const second = processOf("second", store, stream);
    await eventually(() => expect(second.health().reason).toMatch(/holds partition 0, 1 of/));
    await claimPartition(store, { stream, partition: 0 }, "first");
    await claimPartition(store, { stream, partition: 1 }, "second");
    await eventually(() => {
      expect(first.health()).toEqual({ ok: true });
      expect(second.health()).toEqual({ ok: true });
    });
    alive = false;
    await eventually(() => expect(second.health().reason).toMatch(/holds partition 0 of/));
    await claimPartition(store, { stream, partition: 0 }, "second");
    await eventually(() => expect(second.health()).toEqual({ ok: true }));
  });

  it("are nobody's at once when their process stops", async () => {
    const stream = "left";
    const leaving = processOf("leaving", store, stream);
    const staying = processOf("staying", store, stream);
    for (const partition of [0, 1]) await claimPartition(store, { stream, partition }, "leaving");
    await eventually(() => expect(staying.health()).toEqual({ ok: true }));
    await leaving.stop();
    await eventually(() => expect(staying.health().ok).toBe(false));
  });
});
