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

type Watched = ConstructorParameters<typeof HeldPartitions>[0];

function processOf(
  owner: string,
  given: Store,
  more: Pick<Watched, "stream"> & Partial<Watched>,
): HeldPartitions {
  const held = new HeldPartitions({
    store: given,
    partitions: 2,
    owner,
    ttlMs: 1500,
    clock: systemClock,
    ...more,
  });
  onTestFinished(() => held.stop());
  return held;
}

const killed = (): Promise<never> => Promise.reject(new Error("killed"));

describe("the partitions of a stream (FR-K8)", () => {
  it("make every process not ready while nobody that lives holds one, and ready when another took it", async () => {
    const stream = "watched";
    // As a process that is killed: it neither beats nor leaves any more.
    let alive = true;
    const mortal: Store = {
      ...store,
      query: (sql, values) => (alive ? store.query(sql, values) : killed()),
      transaction: (body) => (alive ? store.transaction(body) : killed()),
    };
    const first = processOf("first", mortal, { stream });
    const second = processOf("second", store, { stream });
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

  it("are noted as a blind time once they are held again, if that took ten seconds", async () => {
    const times: unknown[] = [];
    let nowMs = 1_000_000;
    const noted: Partial<Watched> = {
      clock: { now: () => nowMs },
      onUnheld: (time) => void times.push(time),
    };
    const one = processOf("one", store, { stream: "noted", ...noted });
    const unheld = (): Promise<void> =>
      eventually(() => expect(one.health().reason).toMatch(/holds partition/));
    const held = (): Promise<void> => eventually(() => expect(one.health()).toEqual({ ok: true }));
    const claimAll = async (owner: string): Promise<void> => {
      for (const partition of [0, 1])
        await claimPartition(store, { stream: "noted", partition }, owner);
    };
    await unheld();
    nowMs += 9_000;
    await claimAll("one");
    await held();
    expect(times).toEqual([]);
    await claimAll("dead");
    await unheld();
    nowMs += 12_000;
    await claimAll("one");
    await held();
    expect(times).toEqual([{ fromMs: 1_009_000, untilMs: 1_021_000 }]);
  });

  it("are nobody's at once when their process stops", async () => {
    const stream = "left";
    const leaving = processOf("leaving", store, { stream });
    const staying = processOf("staying", store, { stream });
    for (const partition of [0, 1]) await claimPartition(store, { stream, partition }, "leaving");
    await eventually(() => expect(staying.health()).toEqual({ ok: true }));
    await leaving.stop();
    await eventually(() => expect(staying.health().ok).toBe(false));
  });
});
