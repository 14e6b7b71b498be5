import { afterEach, describe, expect, it } from "vitest";
import { EffectLease, leaseMs } from "../../src/outbox/effect-lease.ts";
import { isGood } from "../../src/permit.ts";
import type { TakenEffect } from "../../src/store/outbox/effect.ts";
import type { Queryable, Value } from "../../src/store/query.ts";
import { fakeClock } from "../fakes/clock.ts";
import { type FakeClocks, fakeClocks } from "../fakes/permit.ts";

/** What each statement that stores an intent stored. */
type Stored = Readonly<Record<string, unknown>>;

const start = { kind: "run.start", fix: "restart-svc", episode: "e1" };
const taken: TakenEffect = {
  id: "x:run",
  incident: "inc-e1",
  effect: start,
  orderKey: "run",
  dueAtMs: 0,
  timer: false,
  owner: "me",
  attempt: 3,
  failures: 2,
  intent: null,
  lastError: null,
};

interface Scene {
  readonly clocks: FakeClocks;
  readonly lease: EffectLease;
  /** Statements that the store was asked for. */
  readonly asked: string[];
  readonly stored: Stored[];
  /** How long the store takes from now on, ms. */
  readonly takes: (ms: number) => void;
  readonly takeOver: () => void;
}

const leases: EffectLease[] = [];
afterEach(() => {
  for (const lease of leases.splice(0)) lease.end();
});

function scene(change: Partial<TakenEffect> = {}): Scene {
  const clocks = fakeClocks();
  const asked: string[] = [];
  const stored: Stored[] = [];
  let ours = true;
  let answerMs = 0;
  const store: Queryable = {
    query: async <Row>(sql: string, values: readonly Value[] = []) => {
      const isIntent = sql.includes("set intent");
      asked.push(isIntent ? "intent" : "renewal");
      if (isIntent) stored.push(JSON.parse(String(values[3])));
      clocks.pass(answerMs);
      const rows: Row[] = [];
      if (ours) rows.length = 1;
      return rows;
    },
  };
  const lease = new EffectLease(
    store,
    { ...taken, ...change },
    { clock: fakeClock(), clocks: clocks.read },
  );
  leases.push(lease);
  return {
    clocks,
    lease,
    asked,
    stored,
    takes: (ms) => {
      answerMs = ms;
    },
    takeOver: () => {
      ours = false;
    },
  };
}

describe("the permit of a held effect", () => {
  it("names the effect and the attempt, and is good for half a lease from before the intent was sent", async () => {
    const { clocks, lease, takes } = scene();
    takes(400);
    const sent = clocks.read();
    const permit = await lease.mayAct();
    expect(permit).toEqual({
      effect: "x:run",
      attempt: 3,
      monotonicNs: sent.monotonicNs + BigInt((leaseMs / 2) * 1e6),
      wallMs: sent.wallMs + leaseMs / 2,
    });
    expect(isGood(permit, clocks.read())).toBe(true);
  });

  it("is given again without asking the store, until it ends", async () => {
    const { asked, clocks, lease } = scene();
    const permit = await lease.mayAct();
    clocks.pass(leaseMs / 2 - 1);
    expect(await lease.mayAct()).toEqual(permit);
    expect(asked).toEqual(["intent"]);
    clocks.pass(1);
    expect(isGood(await lease.mayAct(), clocks.read())).toBe(true);
    expect(asked).toEqual(["intent", "renewal"]);
  });

  it("is asked for again when the renewal took longer than it is good for", async () => {
    const { asked, clocks, lease, takes } = scene();
    await lease.mayAct();
    clocks.suspend(leaseMs);
    takes(leaseMs / 2);
    const asking = lease.mayAct();
    takes(0);
    expect(isGood(await asking, clocks.read())).toBe(true);
    expect(asked).toEqual(["intent", "renewal", "renewal"]);
  });

  it("is refused once the effect is in other hands", async () => {
    const { clocks, lease, takeOver } = scene();
    await lease.mayAct();
    takeOver();
    clocks.pass(leaseMs);
    await expect(lease.mayAct()).rejects.toMatchObject({ code: "DW_STORE_FENCED" });
  });

  it("is refused to an attempt that was overtaken before it acted", async () => {
    const { lease, takeOver } = scene();
    await lease.begin();
    takeOver();
    await expect(lease.mayAct()).rejects.toMatchObject({ code: "DW_STORE_FENCED" });
  });
});

describe("what an attempt says that it writes", () => {
  it("is stored before it is given a permit, with what earlier attempts said", async () => {
    const { lease, stored } = scene({ intent: { actedAtMs: 5, writes: ["a"] } });
    expect(lease.mayHaveWritten).toEqual(["a"]);
    await lease.begin();
    lease.willWrite(["b"]);
    await lease.mayAct();
    lease.willWrite(["c", "a"]);
    await lease.mayAct();
    expect(stored.map(({ writes }) => writes)).toEqual([["a"], ["a", "b"], ["a", "b", "c"]]);
  });

  it("stays to be looked up when the attempt's last act had no effect, and so do earlier attempts", async () => {
    const first = scene();
    expect(first.lease.intentWithoutAct).toBeNull();
    first.lease.willWrite(["a"]);
    expect(first.lease.intentWithoutAct).toEqual({ writes: ["a"] });
    const second = scene({ intent: { actedAtMs: 5 } });
    expect(second.lease.intentWithoutAct).toEqual({ actedAtMs: 5, writes: [] });
  });

  it("is bounded, the newest staying", async () => {
    const writes = Array.from({ length: 60 }, (_, i) => String(i));
    const { lease, stored } = scene({ intent: { writes } });
    lease.willWrite(["60"]);
    await lease.mayAct();
    expect(stored.at(-1)?.["writes"]).toEqual([...writes.slice(11), "60"]);
  });
});
