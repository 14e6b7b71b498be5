import { afterEach, describe, expect, it } from "vitest";
import { EffectLease, leaseMs } from "../../src/outbox/effect-lease.ts";
import { isGood } from "../../src/permit.ts";
import type { TakenEffect } from "../../src/store/outbox/effect.ts";
import type { Queryable } from "../../src/store/query.ts";
import { fakeClock } from "../fakes/clock.ts";
import { type FakeClocks, fakeClocks } from "../fakes/permit.ts";

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
  intent: null,
  lastError: null,
};

interface Scene {
  readonly clocks: FakeClocks;
  readonly lease: EffectLease;
  /** Statements that the store was asked for. */
  readonly asked: string[];
  /** How long the store takes from now on, ms. */
  readonly takes: (ms: number) => void;
  readonly takeOver: () => void;
}

const leases: EffectLease[] = [];
afterEach(() => {
  for (const lease of leases.splice(0)) lease.end();
});

function scene(): Scene {
  const clocks = fakeClocks();
  const asked: string[] = [];
  let ours = true;
  let answerMs = 0;
  const store: Queryable = {
    query: async <Row>(sql: string) => {
      asked.push(sql.includes("set intent") ? "intent" : "renewal");
      clocks.pass(answerMs);
      const rows: Row[] = [];
      if (ours) rows.length = 1;
      return rows;
    },
  };
  const lease = new EffectLease(store, taken, { clock: fakeClock(), clocks: clocks.read });
  leases.push(lease);
  return {
    clocks,
    lease,
    asked,
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
