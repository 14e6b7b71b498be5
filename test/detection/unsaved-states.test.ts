import { describe, expect, it } from "vitest";
import { collapsingRecords } from "../fakes/collapsing-model.ts";
import { MemoryStore, setUp } from "../fakes/worker-in-memory.ts";

describe("a state that cannot be saved (FR-K1)", () => {
  /** Nine models, each with a few rows. */
  const models = Array.from({ length: 9 }, (_, index) => `t/e/main/m${index}`);
  const entries = models
    .flatMap((name) => collapsingRecords(10, 5, name))
    .map((record, offset) => ({ offset, record }));

  it("keeps none of the others from being saved", async () => {
    const store = new MemoryStore();
    store.unsavable = "t/e/main/m4";
    const { worker } = setUp(store);
    await worker.assigned(0);
    await worker.received(0, entries);
    await worker.stop();
    expect([...store.states.keys()].toSorted()).toEqual(
      models.filter((name) => name !== store.unsavable),
    );
    const [firstOfIt] = entries.filter(({ record }) => record.model === store.unsavable);
    expect(store.replayFromOffset).toBe(firstOfIt?.offset);
  });

  it("makes the process not ready at the third checkpoint, and ready when it can be saved", async () => {
    const store = new MemoryStore();
    store.unsavable = "t/e/main/m4";
    const { worker } = setUp(store);
    await worker.assigned(0);
    await worker.received(0, entries);
    const ok: boolean[] = [];
    for (let checkpoint = 0; checkpoint < 4; checkpoint++) {
      await worker.stop();
      ok.push(worker.savedStates().ok);
    }
    expect(ok).toEqual([true, true, false, false]);
    expect(worker.savedStates().reason).toMatch(/partition 0 .* 4 checkpoints: .*t\/e\/main\/m4/);
    store.unsavable = undefined;
    await worker.stop();
    expect(worker.savedStates().ok).toBe(true);
    expect(store.states.size).toBe(9);
    expect(store.replayFromOffset).toBe(entries.length);
  });

  it("is nobody's trouble here once the partition is another process's", async () => {
    const store = new MemoryStore();
    store.unsavable = "t/e/main/m4";
    const { worker } = setUp(store);
    await worker.assigned(0);
    await worker.received(0, entries);
    for (let checkpoint = 0; checkpoint < 3; checkpoint++) await worker.stop();
    worker.revoked(0);
    expect(worker.savedStates()).toEqual({ ok: true });
  });
});
