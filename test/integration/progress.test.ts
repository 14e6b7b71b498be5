import { afterAll, beforeAll, expect, it } from "vitest";
import { progressOf } from "../../src/app/progress.ts";
import { enqueueEffects } from "../../src/store/outbox/enqueue.ts";
import { completeEffect } from "../../src/store/outbox/settle.ts";
import { takeEffects } from "../../src/store/outbox/take.ts";
import { fakeClock } from "../fakes/clock.ts";
import { startTestStores, type TestStores } from "../programs/store.ts";

let stores: TestStores;
beforeAll(async () => {
  stores = await startTestStores();
});
afterAll(() => stores.stop());

const effect = {
  id: "e",
  incident: "inc",
  effect: { kind: "run.start" },
  orderKey: "run",
  dueAtMs: 1_000,
  timer: false,
};

const mark = (main: number, pricing: number): Map<string, number> =>
  new Map([
    ["main", main],
    ["pricing", pricing],
  ]);

it("a daemon has settled when every source is judged in every partition and no effect is due", async () => {
  const store = await stores.open();
  const clock = fakeClock(1_000);
  const marks: Map<string, number>[] = [];
  const worker = { watermarks: () => marks };
  const sources = [{ name: "main" }, { name: "pricing" }];
  const parts = { store, clock, worker, sources, stream: { partitions: 2 } };
  const progress = () => progressOf(parts, 1_000);
  marks.push(mark(2_000_000, 1_000_000));
  expect(await progress()).toMatchObject({ waitsFor: "detection reads 1 of 2 partitions" });
  marks.push(new Map([["main", 2_000_000]]));
  expect(await progress()).toMatchObject({
    waitsFor: "detection has not seen a tick of every source yet",
  });
  marks[1] = mark(2_000_000, 999_000);
  expect(await progress()).toMatchObject({
    waitsFor: expect.stringMatching(/^detection has judged rows up to .*00\.999Z, not yet up to/),
  });
  marks[1] = mark(1_000_000, 2_000_000);
  expect(await progress()).toEqual({ settled: true, effectsDone: 0 });
  await store.transaction((tx) => enqueueEffects(tx, [effect], 1_000));
  expect(await progress()).toEqual({ settled: false, waitsFor: "effects are due: run.start" });
  const taking = { owner: "w", nowMs: 1_000, leaseMs: 60_000, limit: 1 };
  for (const taken of await takeEffects(store, taking)) await completeEffect(store, taken, null);
  expect(await progress()).toEqual({ settled: true, effectsDone: 1 });
});
