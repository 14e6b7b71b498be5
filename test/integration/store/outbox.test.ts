import { describe, expect, it } from "vitest";
import type { NewEffect, TakenEffect } from "../../../src/store/outbox/effect.ts";
import { enqueueEffects } from "../../../src/store/outbox/enqueue.ts";
import {
  agesOfDue,
  countEffects,
  dueEffects,
  listEffects,
  retryDeadEffect,
} from "../../../src/store/outbox/inspect.ts";
import { completeEffect, failEffect, recordIntent } from "../../../src/store/outbox/settle.ts";
import {
  nextEffectDueMs,
  renewEffect,
  type TakeOptions,
  takeEffects,
} from "../../../src/store/outbox/take.ts";
import type { Store } from "../../../src/store/store.ts";
import { eventually } from "../../programs/eventually.ts";
import { withStore } from "../../programs/store.ts";

const stores = withStore();

const effect = (id: string, changes: Partial<NewEffect> = {}): NewEffect => ({
  id,
  incident: "inc",
  effect: { kind: "ticket.update" },
  orderKey: "ticket",
  dueAtMs: 0,
  timer: false,
  ...changes,
});

async function outboxWith(...effects: readonly NewEffect[]): Promise<Store> {
  const store = await stores.open();
  await store.transaction((tx) => enqueueEffects(tx, effects, 0));
  return store;
}

const take = (store: Store, options: Partial<TakeOptions> = {}): Promise<readonly TakenEffect[]> =>
  takeEffects(store, { owner: "w", nowMs: 1_000, leaseMs: 60_000, limit: 100, ...options });

async function takeOne(store: Store, options: Partial<TakeOptions> = {}): Promise<TakenEffect> {
  const [taken, more] = await take(store, options);
  if (taken === undefined || more !== undefined) throw new Error("expected one effect");
  return taken;
}

const ids = (effects: readonly TakenEffect[]): readonly string[] => effects.map((e) => e.id);

describe("taking effects", () => {
  it("never gives one to two workers, and gives out all", async () => {
    const effects = Array.from({ length: 200 }, (_, n) => effect(`e${n}`, { incident: `i${n}` }));
    const store = await outboxWith(...effects);
    const taken: string[] = [];
    const work = async (owner: string): Promise<void> => {
      for (;;) {
        const some = await take(store, { owner, limit: 7 });
        if (some.length === 0 && taken.length >= effects.length) return;
        taken.push(...ids(some));
      }
    };
    await Promise.all(["a", "b", "c", "d", "e"].map(work));
    expect(taken).toHaveLength(200);
    expect(new Set(taken).size).toBe(200);
  });

  it("effects of one incident keep their order while several workers compete", async () => {
    const effects = Array.from({ length: 50 }, (_, n) =>
      effect(`${n % 5}:${n}`, { incident: `i${n % 5}` }),
    );
    const store = await outboxWith(...effects);
    const done: string[] = [];
    const work = async (owner: string): Promise<void> => {
      while (done.length < 50) {
        for (const taken of await take(store, { owner, limit: 3 })) {
          done.push(taken.id);
          await completeEffect(store, taken, null);
        }
      }
    };
    await Promise.all(["a", "b", "c"].map(work));
    for (let incident = 0; incident < 5; incident++) {
      const order = done
        .filter((id) => id.startsWith(`${incident}:`))
        .map((id) => Number(id.slice(2)));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
    expect(done).toHaveLength(50);
  });

  it("keeps later effects of the incident waiting for one that waits for another attempt", async () => {
    const store = await outboxWith(effect("first"), effect("second"));
    const first = await takeOne(store);
    await failEffect(store, first, { error: "503", retryAtMs: 5_000, intent: null });
    expect(ids(await take(store))).toEqual([]);
    expect(await nextEffectDueMs(store)).toBe(0);
    const again = await takeOne(store, { nowMs: 5_000 });
    expect(again).toMatchObject({ id: "first", attempt: 2, lastError: "503", intent: null });
    await completeEffect(store, again, null);
    expect(ids(await take(store))).toEqual(["second"]);
  });

  it("lets a run pass a ticket that waits: order keys do not wait for each other", async () => {
    const start = { kind: "run.start", fix: "restart-svc", episode: "e1" } as const;
    const store = await outboxWith(
      effect("ticket"),
      effect("run", { effect: start, orderKey: "run" }),
    );
    expect(ids(await take(store))).toEqual(["ticket", "run"]);
  });

  it("takes a timer when it is due, and no effect waits for it", async () => {
    const timer = effect("timer", { dueAtMs: 9_000, timer: true });
    const store = await outboxWith(timer, effect("first"), effect("second"));
    expect(ids(await take(store))).toEqual(["first"]);
    expect(ids(await take(store, { nowMs: 9_000 }))).toEqual(["timer"]);
  });

  it("an effect is promised once, however often the decision is made", async () => {
    const store = await outboxWith(effect("once"));
    await completeEffect(store, await takeOne(store), null);
    await store.transaction((tx) => enqueueEffects(tx, [effect("once")], 0));
    expect(ids(await take(store))).toEqual([]);
    expect(await countEffects(store)).toEqual({ pending: 0, working: 0, done: 1, dead: 0 });
  });

  it("promises nothing with a decision that was rolled back", async () => {
    const store = await stores.open();
    const work = store.transaction(async (tx) => {
      await enqueueEffects(tx, [effect("never")], 0);
      throw new Error("rolled back");
    });
    await expect(work).rejects.toThrow("rolled back");
    expect(ids(await take(store))).toEqual([]);
  });

  it("wakes the workers when effects are committed", async () => {
    const store = await stores.open();
    let heard = 0;
    const unlisten = store.listen("outbox", () => heard++);
    await eventually(() => expect(heard).toBe(1));
    await store.transaction((tx) => enqueueEffects(tx, [effect("e")], 0));
    await eventually(() => expect(heard).toBe(2));
    unlisten();
  });
});

describe("what is to be done now", () => {
  it("holds what is in hand, and neither what is due later nor what waits behind it", async () => {
    const open = { kind: "ticket.open" };
    const run = { effect: { kind: "run.start" }, orderKey: "run" };
    const store = await outboxWith(
      effect("later", { effect: open, dueAtMs: 9_000 }),
      effect("behind it"),
      effect("beside it", run),
      effect("timer", { effect: { kind: "incident.settle" }, timer: true }),
    );
    expect(await dueEffects(store, 1_000)).toEqual(["run.start", "incident.settle"]);
    for (const taken of await take(store)) await completeEffect(store, taken, null);
    expect(await dueEffects(store, 1_000)).toEqual([]);
    expect(await dueEffects(store, 9_000)).toEqual(["ticket.open", "ticket.update"]);
    await takeOne(store, { nowMs: 9_000 });
    expect(await dueEffects(store, 9_000)).toEqual(["ticket.open", "ticket.update"]);
  });

  it("does not hold what was given up", async () => {
    const store = await outboxWith(effect("given up"));
    await failEffect(store, await takeOne(store), { error: "400", dead: true });
    expect(await dueEffects(store, 1_000)).toEqual([]);
  });
});

describe("an effect whose worker died", () => {
  it("is given to another with the intent that was written, and the dead one is fenced", async () => {
    const store = await outboxWith(effect("e"));
    const lost = await takeOne(store, { owner: "dead", leaseMs: 1 });
    await recordIntent(store, lost, { intent: { container: "abc" }, leaseMs: 1 });
    const taken: TakenEffect[] = [];
    await eventually(async () => {
      taken.push(...(await take(store, { owner: "next" })));
      expect(taken).toHaveLength(1);
    });
    expect(taken[0]).toMatchObject({ attempt: 2, owner: "next", intent: { container: "abc" } });
    const fencedError = { code: "DW_STORE_FENCED" };
    await expect(completeEffect(store, lost, null)).rejects.toMatchObject(fencedError);
    await expect(recordIntent(store, lost, { intent: {}, leaseMs: 1 })).rejects.toMatchObject(
      fencedError,
    );
    const failure = { error: "x", retryAtMs: 1, intent: null };
    await expect(failEffect(store, lost, failure)).rejects.toMatchObject(fencedError);
    expect(await renewEffect(store, lost, 60_000)).toBe(false);
  });

  it("keeps its lease as long as the worker renews it", async () => {
    const store = await outboxWith(effect("e"));
    const taken = await takeOne(store, { leaseMs: 1 });
    expect(await renewEffect(store, taken, 60_000)).toBe(true);
    expect(ids(await take(store, { owner: "other" }))).toEqual([]);
    await completeEffect(store, taken, { key: "IR-1" });
  });

  it("keeps its intent when the outcome is unknown", async () => {
    const store = await outboxWith(effect("e"));
    const taken = await takeOne(store);
    await recordIntent(store, taken, { intent: { label: "x" }, leaseMs: 60_000 });
    await failEffect(store, taken, { error: "timeout", retryAtMs: 0 });
    expect((await takeOne(store)).intent).toEqual({ label: "x" });
  });
});

describe("a dead effect", () => {
  it("is listed, keeps nobody waiting, and comes back when a person says so", async () => {
    const store = await outboxWith(effect("bad"), effect("next"));
    await failEffect(store, await takeOne(store), { error: "404 project", dead: true });
    expect(ids(await take(store))).toEqual(["next"]);
    const { items, next } = await listEffects(store, { status: "dead" });
    expect(items).toMatchObject([
      {
        id: "bad",
        incident: "inc",
        effect: { kind: "ticket.update" },
        status: "dead",
        attempts: 1,
        lastError: "404 project",
      },
    ]);
    expect(next).toBeNull();
    expect(await retryDeadEffect(store, "bad")).toBe(true);
    expect(await retryDeadEffect(store, "bad")).toBe(false);
    const again = await takeOne(store, { nowMs: Date.now() + 60_000 });
    expect(again).toMatchObject({ id: "bad", attempt: 2 });
    expect(Math.abs(again.dueAtMs - Date.now())).toBeLessThan(60_000);
  });
});

describe("the age of what is due (FR-U6)", () => {
  it("is that of the oldest promise of each order key that is due or was tried, timers left out", async () => {
    const store = await outboxWith(
      effect("later", { incident: "a", dueAtMs: 9_000 }),
      effect("timer", { incident: "b", timer: true }),
      effect("run", { incident: "c", orderKey: "run", dueAtMs: 2_000 }),
    );
    expect(await agesOfDue(store, 1_000)).toEqual(new Map());
    expect(await agesOfDue(store, 3_000)).toEqual(new Map([["run", 3_000]]));
    const taken = await takeOne(store, { nowMs: 10_000, kinds: ["ticket.update"], limit: 1 });
    expect(taken.id).toBe("later");
    await failEffect(store, taken, { error: "503", retryAtMs: 90_000, intent: null });
    expect(await agesOfDue(store, 20_000)).toEqual(
      new Map([
        ["run", 20_000],
        ["ticket", 20_000],
      ]),
    );
  });
});

describe("the list of effects", () => {
  it("comes oldest first, page by page", async () => {
    const store = await outboxWith(effect("a"), effect("b"), effect("c"));
    const first = await listEffects(store, { limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual(["a", "b"]);
    const rest = await listEffects(store, { limit: 2, after: first.next ?? 0 });
    expect([rest.items.map(({ id }) => id), rest.next]).toEqual([["c"], null]);
  });
});

describe("FR-M2: an earlier attempt of the same worker", () => {
  it("settles and renews nothing once a later one has taken the effect", async () => {
    const store = await outboxWith(effect("e"));
    const first = await takeOne(store);
    await store.query("update outbox set lease_until = '-infinity'");
    const second = await takeOne(store);
    expect([second.owner, second.attempt]).toEqual([first.owner, 2]);
    const fenced = { code: "DW_STORE_FENCED" };
    await expect(completeEffect(store, first, null)).rejects.toMatchObject(fenced);
    await expect(
      failEffect(store, first, { error: "late", retryAtMs: 0, intent: null }),
    ).rejects.toMatchObject(fenced);
    await expect(recordIntent(store, first, { intent: {}, leaseMs: 1 })).rejects.toMatchObject(
      fenced,
    );
    expect(await renewEffect(store, first, 60_000)).toBe(false);
    expect(await renewEffect(store, second, 60_000)).toBe(true);
    await completeEffect(store, second, null);
  });
});
