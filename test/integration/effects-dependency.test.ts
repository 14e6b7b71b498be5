/** One effect that takes long, and an engine that is away: what they mean for the others. */
import { describe, expect, it } from "vitest";
import { DockerError } from "../../remediations/docker/errors.ts";
import { notify } from "../../src/store/notify.ts";
import { countEffects } from "../../src/store/outbox/inspect.ts";
import type { Store } from "../../src/store/store.ts";
import { allDone, type Called, handlers, open, withWorker } from "../programs/effects.ts";
import { until } from "../programs/eventually.ts";
import type { Handlers } from "../programs/executors.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

/** Run effects that wait for `gate` while their incident is this one. */
function slowFor(called: Called[], incident: string, gate: Promise<void>): Handlers {
  const quick = handlers(called);
  return {
    ...quick,
    "run.start": async (effect, about, attempt) => {
      const result = await quick["run.start"](effect, about, attempt);
      if (about.id === incident) await gate;
      return result;
    },
  };
}

/** Until then every effect that waits is due at once, and the worker is woken: a person would wait for minutes. */
const hurriedUntil = (store: Store, isOver: () => Promise<boolean>): Promise<unknown> =>
  until(async () => {
    const hurried = await store.query(
      "update outbox set due_at_ms = 0 where status = 'pending' and due_at_ms > 0 returning 1",
    );
    if (hurried.length > 0) await notify(store, "outbox");
    return isOver();
  });

describe("an effect that takes long", () => {
  it("an effect that takes long delays no other incident, and keeps the order of its own", async () => {
    const store = await stores.open();
    const called: Called[] = [];
    let answer: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const starts = (): number => called.filter(({ kind }) => kind === "run.start").length;
    const runsInHand = "select incident from outbox where status = 'working' and lane = 'run'";
    await withWorker(store, slowFor(called, "inc-slow", gate), async () => {
      try {
        await open(store, { id: "slow" });
        await until(async () => starts() === 1);
        await open(store, { id: "slow-again" });
        for (let n = 1; n <= 20; n++) {
          await open(store, { id: `e${n}`, model: `t/e/s${n}/m` });
          await until(async () => starts() === 1 + n);
        }
        await until(async () => (await store.query(runsInHand)).length === 1);
        expect(await store.query(runsInHand)).toEqual([{ incident: "inc-slow" }]);
      } finally {
        answer?.();
      }
      await until(() => allDone(store));
      expect(starts()).toBe(22);
    });
  });
});

describe("an engine that is away", () => {
  it("is not asked by what is done without it, and that closes no breaker", async () => {
    const store = await stores.open();
    let away = true;
    const old = new Set<string>();
    const effects: Handlers = {
      ...handlers([]),
      "run.start": async (_effect, { id }) => {
        if (old.has(id)) return { events: [], contacted: false };
        if (away) throw new Error("the engine is away");
        return [];
      },
    };
    await withWorker(store, effects, async (worker) => {
      for (const id of ["e1", "e2", "e3"]) await open(store, { id, model: `t/e/${id}/m` });
      await until(async () => !worker.dependencyHealth("engine").ok);
      old.add("inc-e1");
      await until(async () => {
        const done =
          "select 1 from outbox where incident = 'inc-e1' and lane = 'run' and status = 'done'";
        return (await store.query(done)).length === 1;
      });
      expect(worker.dependencyHealth("engine").ok).toBe(false);
      away = false;
      await until(() => allDone(store));
      expect(worker.dependencyHealth("engine")).toEqual({ ok: true });
    });
  });

  it("is waited for, also when only a person can mend it: nothing is given up", async () => {
    const store = await stores.open();
    let asked = 0;
    const forbidden = new DockerError("DW_DOCKER_FORBIDDEN", "the engine is away: no right");
    const effects: Handlers = {
      ...handlers([]),
      "run.start": async () => {
        asked += 1;
        if (asked <= 5) throw forbidden;
        return [];
      },
    };
    await withWorker(store, effects, async (worker) => {
      await open(store);
      await hurriedUntil(store, () => allDone(store));
      expect((await countEffects(store)).dead).toBe(0);
      expect(worker.dependencyHealth("engine")).toEqual({ ok: true });
    });
    // What is refused is dead after five attempts.
    expect(asked).toBe(6);
  });
});

describe("FR-H3: what is not known yet", () => {
  it("is asked again when it is due, counts as no failure, and says meanwhile what was seen", async () => {
    const store = await stores.open();
    let asked = 0;
    const effects: Handlers = {
      ...handlers([]),
      "run.start": async () => {
        asked += 1;
        return asked === 1 ? { notYet: "scorer is starting.", askAgainInMs: 600 } : [];
      },
    };
    await withWorker(store, effects, async (worker, registry) => {
      await open(store);
      await until(async () => asked === 1);
      const waiting =
        "select last_error as seen from outbox where lane = 'run' and status = 'pending'";
      await until(async () => {
        const [row] = await store.query<{ seen: string }>(waiting);
        return row?.seen === "scorer is starting.";
      });
      await until(() => allDone(store));
      expect(asked).toBe(2);
      expect(worker.dependencyHealth("engine")).toEqual({ ok: true });
      const text = await registry.metrics();
      expect(text).not.toMatch(/driftwarden_effect_failures_total\{.*run\.start.*\} [1-9]/);
      expect(text).toMatch(/driftwarden_effect_attempts_total\{.*run\.start.*\} 2/);
    });
  });
});

describe("FR-M2: a tracker that is unavailable twice, refuses, and is unavailable twice", () => {
  it("is never left alone: who refuses a request is there", async () => {
    const store = await stores.open();
    const answers = ["away", "away", "refused", "away", "away"];
    const wasLeftAlone: boolean[] = [];
    const dependency = { isOk: (): boolean => true };
    const fail = (kind: string, times: number): Error | undefined => {
      if (kind !== "ticket.open") return undefined;
      wasLeftAlone.push(!dependency.isOk());
      const answer = answers[times - 1];
      return answer === undefined ? undefined : new Error(answer);
    };
    await withWorker(store, handlers([], fail), async (worker) => {
      dependency.isOk = () => worker.dependencyHealth("tracker").ok;
      await open(store);
      await hurriedUntil(store, () => allDone(store));
    });
    expect(wasLeftAlone).toEqual([false, false, false, false, false, false]);
  });
});

describe("FR-M2: an effect that waiting cannot help", () => {
  it("is dead after exactly five attempts", async () => {
    const store = await stores.open();
    const called: Called[] = [];
    const wrong = new DockerError("DW_DOCKER_REFUSED", "no such container");
    const fail = (kind: string): Error | undefined => (kind === "run.start" ? wrong : undefined);
    await withWorker(store, handlers(called, fail), async () => {
      await open(store);
      await hurriedUntil(store, async () => (await countEffects(store)).dead === 1);
    });
    expect(called.filter(({ kind }) => kind === "run.start")).toHaveLength(5);
  });

  it("gets all five attempts after an outage, as attempts during an outage do not count", async () => {
    const store = await stores.open();
    const called: Called[] = [];
    const wrong = new DockerError("DW_DOCKER_REFUSED", "no such container");
    const fail = (kind: string, times: number): Error | undefined => {
      if (kind !== "run.start") return undefined;
      return times <= 3 ? new Error("the engine is away") : wrong;
    };
    await withWorker(store, handlers(called, fail), async () => {
      await open(store);
      await hurriedUntil(store, async () => (await countEffects(store)).dead === 1);
    });
    expect(called.filter(({ kind }) => kind === "run.start")).toHaveLength(8);
  });
});
