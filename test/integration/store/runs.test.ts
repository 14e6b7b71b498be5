import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/clock.ts";
import { runLedger } from "../../../src/healing/run-ledger.ts";
import { actingNow, attemptsSince, lastAttemptEndMs } from "../../../src/store/runs/budget.ts";
import { listRuns } from "../../../src/store/runs/list.ts";
import { getRun, insertRun, type Run, updateRun } from "../../../src/store/runs/run.ts";
import type { Store } from "../../../src/store/store.ts";
import { withStore } from "../../programs/store.ts";

const stores = withStore();

const run = (id: string, changes: Partial<Run> = {}): Run => ({
  id,
  fix: "restart-svc",
  remediation: "restart-container",
  incident: "inc",
  subject: "model\nt/e/s/m",
  model: "t/e/s/m",
  mode: "auto",
  targetId: "container-1",
  targetName: "my-service",
  host: "host-1",
  snapshot: { image: "sha256:1", startedAt: "2026-01-01T00:00:00Z" },
  status: "acting",
  gate: null,
  retryAtMs: null,
  detail: "restarts my-service",
  decidedAtMs: 1_000,
  actedAtMs: null,
  finishedAtMs: null,
  after: null,
  outcome: null,
  answers: [],
  proposal: null,
  replicas: [],
  ...changes,
});

async function storeWith(...runs: readonly Run[]): Promise<Store> {
  const store = await stores.open();
  for (const each of runs) await store.transaction((tx) => insertRun(tx, each));
  return store;
}

describe("a run", () => {
  it("is written down once, and remembers everything that is said of it", async () => {
    const store = await storeWith(run("r"));
    const again = run("r", { detail: "another" });
    expect(await store.transaction((tx) => insertRun(tx, again))).toBeUndefined();
    expect(await getRun(store, "r")).toEqual(run("r"));
    const acted = {
      status: "acted",
      actedAtMs: 1_100,
      finishedAtMs: 1_200,
      after: { startedAt: "x" },
    } as const;
    expect(await updateRun(store, "r", acted)).toEqual(run("r", acted));
    expect(await updateRun(store, "r", { outcome: "recovered" })).toEqual(
      run("r", { ...acted, outcome: "recovered" }),
    );
    expect(await updateRun(store, "none", acted)).toBeUndefined();
  });

  it("that a crash left in the middle is found", async () => {
    const store = await storeWith(run("open"), run("over", { status: "acted" }));
    const { items } = await listRuns(store, { statuses: ["acting"] });
    expect(items.map(({ id }) => id)).toEqual(["open"]);
  });
});

describe("the budget", () => {
  it("counts attempts of every fix, and neither denied nor observed runs", async () => {
    const statuses = ["acting", "acted", "failed", "unknown", "denied", "observed"] as const;
    const store = await storeWith(
      ...statuses.map((status, n) => run(status, { status, decidedAtMs: 1_000 + n })),
      run("other fix", { fix: "other", decidedAtMs: 5_000 }),
    );
    const attempts = await attemptsSince(store, 1_001);
    const told = attempts.map(({ fix, atMs }) => `${fix} ${atMs}`);
    expect(told.toSorted()).toEqual([
      "other 5000",
      "restart-svc 1001",
      "restart-svc 1002",
      "restart-svc 1003",
    ]);
  });

  it("a budget is never exceeded by decisions made at the same time", async () => {
    const store = await stores.open();
    const ledger = runLedger(store, systemClock);
    const about = { fix: "restart-svc", sinceMs: 0 };
    const decide = (id: string): Promise<Run> =>
      ledger.decide({ id, ...about }, ({ attempts }) =>
        run(id, attempts.length < 3 ? {} : { status: "denied" }),
      );
    await Promise.all(Array.from({ length: 12 }, (_, n) => decide(`r${n}`)));
    expect(await attemptsSince(store, 0)).toHaveLength(3);
  });

  it("of everything is never exceeded by fixes that are decided at the same time", async () => {
    const store = await stores.open();
    const ledger = runLedger(store, systemClock);
    const decide = (id: string): Promise<Run> =>
      ledger.decide({ id, fix: `fix-${id}`, sinceMs: 0 }, ({ attempts }) =>
        run(id, { fix: `fix-${id}`, ...(attempts.length >= 3 && { status: "denied" }) }),
      );
    await Promise.all(Array.from({ length: 12 }, (_, n) => decide(`r${n}`)));
    expect(await attemptsSince(store, 0)).toHaveLength(3);
  });

  it("is told which other runs act at this moment", async () => {
    const store = await storeWith(
      run("r1"),
      run("r2", { fix: "other" }),
      run("r3", { status: "acted" }),
    );
    expect(await actingNow(store, "r1")).toEqual([{ fix: "other", targets: ["container-1"] }]);
  });

  it("of a run that was denied for now is counted anew; a decision that is final stands", async () => {
    const store = await stores.open();
    const ledger = runLedger(store, systemClock);
    const about = { id: "r", fix: "restart-svc", sinceMs: 0 };
    const denied = run("r", { status: "denied", gate: "cooldown", retryAtMs: 5, decidedAtMs: 1 });
    const acting = run("r", { decidedAtMs: 6 });
    expect(await ledger.decide(about, () => denied)).toEqual(denied);
    expect(await ledger.decide(about, () => acting)).toEqual(acting);
    expect(await getRun(store, "r")).toEqual(acting);
    expect(await ledger.decide(about, () => denied)).toEqual(acting);
    expect(await getRun(store, "r")).toEqual(acting);
  });

  it("knows when the newest attempt ended, or began", async () => {
    const store = await storeWith(
      run("a", { status: "acted", actedAtMs: 1_100, finishedAtMs: 1_500 }),
      run("b", { status: "denied", decidedAtMs: 9_000 }),
      run("c", { decidedAtMs: 1_200 }),
    );
    expect(await lastAttemptEndMs(store, "restart-svc")).toBe(1_500);
    await updateRun(store, "c", { status: "acted", actedAtMs: 1_600 });
    expect(await lastAttemptEndMs(store, "restart-svc")).toBe(1_600);
    expect(await lastAttemptEndMs(store, "other")).toBeUndefined();
  });
});

describe("the list of runs", () => {
  it("comes newest first, filtered, page by page", async () => {
    const store = await storeWith(
      run("a"),
      run("b"),
      run("c", { decidedAtMs: 2_000 }),
      run("d", { incident: "other" }),
    );
    const first = await listRuns(store, { incident: "inc", limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual(["c", "b"]);
    if (first.next === null) throw new Error("expected another page");
    const rest = await listRuns(store, { incident: "inc", limit: 2, after: first.next });
    expect([rest.items.map(({ id }) => id), rest.next]).toEqual([["a"], null]);
  });
});

describe("FR-M1: the end of a run", () => {
  it("is what was said of it first, whoever says something else later", async () => {
    const store = await storeWith(run("r"));
    const ledger = runLedger(store, systemClock);
    const acted = { status: "acted", actedAtMs: 1_100, finishedAtMs: 1_200 } as const;
    expect(await ledger.finish("r", acted)).toMatchObject(acted);
    const late = { status: "failed", detail: "lost", finishedAtMs: 9_000 } as const;
    expect(await ledger.finish("r", late)).toMatchObject(acted);
    expect(await getRun(store, "r")).toMatchObject({ ...acted, detail: "restarts my-service" });
    expect(await updateRun(store, "r", { ...late, from: "acting" })).toBeUndefined();
    expect(await getRun(store, "r")).toMatchObject(acted);
  });
});
