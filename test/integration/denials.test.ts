/** Denials that pass (FR-H1), with the real outbox, store and timers. */

import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Remediation, Target } from "../../remediations/remediation.ts";
import { systemClock } from "../../src/clock.ts";
import { questionExecutor, runExecutor } from "../../src/healing/executors.ts";
import type { Fix } from "../../src/healing/fix.ts";
import { healingMetrics } from "../../src/healing/metrics.ts";
import { runLedger } from "../../src/healing/run-ledger.ts";
import { Runner } from "../../src/healing/runner.ts";
import type { Deed } from "../../src/incidents/deed.ts";
import { timerExecutor } from "../../src/incidents/executor.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { listIncidents } from "../../src/store/incidents/list.ts";
import { listRuns } from "../../src/store/runs/list.ts";
import type { Store } from "../../src/store/store.ts";
import type { StreamRecord } from "../../src/stream/record.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";
import { outboxOf, record, type TestOutbox } from "../programs/effects.ts";
import { eventually } from "../programs/eventually.ts";
import { executorsOf, withOneFix } from "../programs/executors.ts";
import { silent, startTestStores, type TestStores } from "../programs/store.ts";

let stores: TestStores;
beforeAll(async () => {
  stores = await startTestStores();
});
afterAll(() => stores.stop());

const hour = 3_600_000;

interface Scene {
  readonly store: Store;
  readonly outbox: TestOutbox;
  /** Names of what was acted on. */
  readonly acts: string[];
  readonly asked: StreamRecord[];
}

async function scene(cooldownMs: number, resolve: Remediation["resolve"]): Promise<Scene> {
  const store = await stores.open();
  const acts: string[] = [];
  const asked: StreamRecord[] = [];
  const fix: Fix = {
    name: "restart-svc",
    when: { features: ["credit_score"] },
    remediation: "restart-container",
    tier: "auto",
    mode: "auto",
    cooldownMs,
    ...atMost(10, hour),
  };
  const remediation: Remediation = {
    resolve,
    act: async ({ name }) => {
      acts.push(name);
      return { status: "done", detail: "restarted", after: {} };
    },
    plan: () => ({ does: "restarts it", parameters: {} }),
    lookUp: async () => ({ status: "unknown", detail: "not seen" }),
    health: async () => "healthy",
  };
  const runner = new Runner({
    fixes: [{ fix, remediation }],
    ledger: runLedger(store, systemClock),
    clock: systemClock,
    logger: silent,
    metrics: healingMetrics(new Registry(), async () => []),
    restoredAtMs: () => undefined,
  });
  const verify = { modelAfterMs: hour, minAttributions: 3, giveUpCadences: 6 };
  // The model answers at once, by its newest row: still anomalous.
  const ask = async (question: StreamRecord): Promise<void> => {
    asked.push(question);
    if (question.kind !== "verify" || !question.run.includes("~")) return;
    await record(
      store,
      {
        type: "verified",
        id: `v-${question.run}`,
        run: question.run,
        model: question.model,
        at: Date.now() * 1000,
        outcome: "not_recovered",
        detail: "0 clean in a row of 1 attributions",
      },
      withOneFix,
    );
  };
  const others = executorsOf({}).filter(({ dependency }) => dependency === "tracker");
  const executors = [...others, runExecutor(runner), questionExecutor(verify, ask), timerExecutor];
  const outbox = outboxOf(store, executors, { recording: withOneFix, owner: "me" });
  return { store, outbox, acts, asked };
}

const svc: Target = {
  id: "a".repeat(64),
  name: "svc",
  host: "box",
  snapshot: {},
  refusal: undefined,
};
const opened = (id: string) => {
  const at = Date.now() * 1000;
  return episodeOpened({ id, model: `t/e/${id}/m`, at, newestRow: at });
};

describe("a run that a cooldown denies", () => {
  it("a run that the cooldown denied is tried again when it is over, and acts once", async () => {
    const { store, outbox, acts, asked } = await scene(3000, async () => [svc]);
    outbox.start();
    try {
      await record(store, opened("first"), withOneFix);
      await eventually(async () => expect(acts).toHaveLength(1));
      await record(store, opened("second"), withOneFix);
      await eventually(async () => {
        const { items } = await listRuns(store, { incident: "inc-second" });
        expect(items).toMatchObject([{ status: "denied", gate: "cooldown" }]);
      });
      await eventually(async () => expect(acts).toHaveLength(2));
      await eventually(async () => {
        const { items } = await listRuns(store, { incident: "inc-second" });
        expect(items).toMatchObject([{ status: "acted", gate: null, retryAtMs: null }]);
      });
    } finally {
      await outbox.stop();
    }
    const questions = asked.filter((each) => each.kind === "verify" && each.run.includes("~"));
    expect(questions).toMatchObject([{ model: "t/e/second/m", minAttributions: 1 }]);
    expect(acts).toHaveLength(2);
  });
});

describe("a run about what is silenced", () => {
  it("does not act while the silence lasts, and acts once when a person ends it", async () => {
    const { store, outbox, acts } = await scene(0, async () => [svc]);
    const says = (command: string, deed: Deed): Promise<void> =>
      store.transaction((tx) => {
        const event = { type: "commanded", command, by: "sarah", deed } as const;
        return recordEvents(tx, [{ event, incident: "inc-quiet" }], withOneFix);
      });
    await record(store, opened("quiet"), withOneFix);
    await says("ticket:1#0", { kind: "silence", untilMs: Date.now() + hour });
    outbox.start();
    try {
      await eventually(async () => {
        const { items } = await listRuns(store, { incident: "inc-quiet" });
        expect(items).toMatchObject([{ status: "denied", gate: "frozen" }]);
        expect(items[0]?.retryAtMs).toBeGreaterThan(Date.now() + hour / 2);
      });
      await eventually(async () => {
        const [known] = (await listIncidents(store)).items;
        expect(known).toMatchObject({ runs: [{ gate: "frozen" }] });
      });
      expect(acts).toEqual([]);
      await says("ticket:2#0", { kind: "unsilence" });
      await eventually(async () => expect(acts).toEqual(["svc"]));
    } finally {
      await outbox.stop();
    }
    expect(acts).toEqual(["svc"]);
  });

  it("is denied even if the silence came while its target was asked for", async () => {
    const silence = { kind: "silence", untilMs: Date.now() + hour } as const;
    const { store, outbox, acts } = await scene(0, async () => {
      await store.transaction((tx) => {
        const event = { type: "commanded", command: "t#0", by: "sarah", deed: silence } as const;
        return recordEvents(tx, [{ event, incident: "inc-late" }], withOneFix);
      });
      return [svc];
    });
    await record(store, opened("late"), withOneFix);
    outbox.start();
    try {
      await eventually(async () => {
        const { items } = await listRuns(store, { incident: "inc-late" });
        expect(items).toMatchObject([{ status: "denied", gate: "frozen" }]);
      });
    } finally {
      await outbox.stop();
    }
    expect(acts).toEqual([]);
  });
});
