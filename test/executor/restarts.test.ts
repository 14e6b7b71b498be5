/** An executor in front of an engine that writes down what it did. */
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../../remediations/docker/engine.ts";
import { DockerError } from "../../remediations/docker/errors.ts";
import { openExecutor } from "../../remediations/docker/executor/executor-engine.ts";
import { refusal } from "../../remediations/docker/refusal.ts";
import type { Clock } from "../../src/clock.ts";
import type { Permit } from "../../src/permit.ts";
import { type SimulatedEngine, simulatedEngine } from "../../src/sandbox/docker.ts";
import { type FakeClocks, fakeClocks } from "../fakes/permit.ts";
import { eventually } from "../programs/eventually.ts";
import { startTestExecutor, type TestExecutor, type TestExecutorOptions } from "./started.ts";

let clocks: FakeClocks;
let clock: Clock;
let real: SimulatedEngine;
let svc: string;
const started: TestExecutor[] = [];

beforeEach(async () => {
  clocks = fakeClocks();
  clock = {
    now: () => clocks.read().wallMs,
    at: (ms) => ms,
    sleep: async (ms) => clocks.pass(ms),
  };
  const labels = { app: "my-service" };
  const containers = [
    { name: "svc", labels },
    { name: "svc-2", labels },
    { name: "other", labels: { app: "other" } },
    { name: "db", labels, image: "postgres:16" },
  ];
  real = simulatedEngine({ containers, clock, clocks: clocks.read });
  svc = await idOf("svc");
});

afterEach(async () => {
  for (const executor of started.splice(0)) await executor.stop();
});

async function idOf(name: string): Promise<string> {
  const labels = name === "other" ? ["app=other"] : ["app=my-service"];
  const found = (await real.list(labels)).find((container) => container.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found.id;
}

async function startOne(more: Partial<TestExecutorOptions> = {}): Promise<TestExecutor> {
  const one = await startTestExecutor({ engine: real, clock, clocks: clocks.read, ...more });
  started.push(one);
  return one;
}

const permitFor = (effect: string) => async (): Promise<Permit> => ({
  ...clocks.permit(2_500),
  effect,
});
const through = ({ socket }: TestExecutor): Engine => openExecutor({ socket });
const restart = (one: TestExecutor, effect: string, id = svc): Promise<void> =>
  through(one).restart(id, { graceSeconds: 1, mayAct: permitFor(effect) });
const acts = (): readonly string[] => real.ledger.map(({ verb, name }) => `${verb} ${name}`);

/** The engine stops it, and answers nothing. */
const stopsOnly = (): Engine => ({
  ...real,
  restart: async (id) => {
    const now = new Date(clocks.read().wallMs).toISOString();
    real.change("svc", { state: "exited", finishedAt: now });
    throw new DockerError("DW_DOCKER_TIMEOUT", `no answer about ${id}`, { maybeApplied: true });
  },
});

describe("one effect", () => {
  it("acts once, however often it is asked for", async () => {
    const one = await startOne();
    await restart(one, "e1");
    await restart(one, "e1");
    expect(acts()).toEqual(["restart svc"]);
    await restart(one, "e2");
    expect(acts()).toEqual(["restart svc", "restart svc"]);
  });

  it("acts once when it is asked for twice at the same time", async () => {
    const one = await startOne();
    await Promise.all([restart(one, "e1"), restart(one, "e1")]);
    expect(acts()).toEqual(["restart svc"]);
  });

  it("is answered from the record while the container is restarted for another one", async () => {
    const going = new AbortController();
    const held = once(going.signal, "abort");
    let isHeld = false;
    const one = await startOne({
      engine: {
        ...real,
        restart: async (id, how) => {
          if (acts().length > 0) {
            isHeld = true;
            await held;
          }
          await real.restart(id, how);
        },
      },
    });
    await restart(one, "e1");
    const other = restart(one, "e2");
    await eventually(async () => expect(isHeld).toBe(true));
    await restart(one, "e1");
    await expect(restart(one, "e3")).rejects.toMatchObject({ code: "DW_DOCKER_CONFLICT" });
    going.abort();
    await other;
    expect(acts()).toEqual(["restart svc", "restart svc"]);
  });

  it("is remembered by the executor that starts next", async () => {
    const one = await startOne();
    await restart(one, "e1");
    await one.restarted();
    await restart(one, "e1");
    expect(acts()).toEqual(["restart svc"]);
  });

  it("may act on several containers, once on each", async () => {
    const one = await startOne();
    const other = await idOf("svc-2");
    for (const id of [svc, other, svc, other]) await restart(one, "e1", id);
    expect(acts()).toEqual(["restart svc", "restart svc-2"]);
  });

  it("may come again after the engine refused, and after no permit was good", async () => {
    const one = await startOne();
    real.failNext("restart", { error: new DockerError("DW_DOCKER_CONFLICT", "not now") });
    await expect(restart(one, "e1")).rejects.toThrow("not now");
    await restart(one, "e1");
    expect(acts()).toEqual(["restart svc"]);
  });

  it("whose end is not known is said to be so each time, and is not tried again", async () => {
    const one = await startOne();
    real.failNext("restart", {
      error: new DockerError("DW_DOCKER_TIMEOUT", "no answer", { maybeApplied: true }),
    });
    for (const _ of [1, 2]) {
      await expect(restart(one, "e1")).rejects.toMatchObject({ maybeApplied: true });
    }
    expect(acts()).toEqual([]);
  });
});

describe("a container that a restart left stopped", () => {
  it("is started by the executor that restarted it", async () => {
    const one = await startOne({ engine: stopsOnly() });
    await restart(one, "e1");
    expect(acts()).toEqual(["start svc"]);
    expect((await real.inspect(svc))?.state).toBe("running");
  });

  it.each([
    ["at once", 0],
    ["an hour later", 3_600_000],
  ])(
    "is started by the executor that starts %s, which answers for the first one",
    async (_when, laterMs) => {
      const stops = stopsOnly();
      const never = new Promise<never>(() => undefined);
      const one = await startOne({
        engine: { ...stops, restart: (id, how) => stops.restart(id, how).catch(() => never) },
      });
      const asked = restart(one, "e1");
      await eventually(async () => expect((await real.inspect(svc))?.state).toBe("exited"));
      expect(acts()).toEqual([]);
      clocks.pass(laterMs);
      await one.restarted();
      await asked;
      expect(acts()).toEqual(["start svc"]);
    },
  );

  it("may be started by the daemon, which needs no permit for that", async () => {
    const cannotStart: Engine = {
      ...stopsOnly(),
      start: () => Promise.reject(new DockerError("DW_DOCKER_UNREACHABLE", "away")),
    };
    let engine = cannotStart;
    const one = await startOne({
      engine: { ...cannotStart, start: (id) => engine.start(id) },
    });
    await expect(restart(one, "e1")).rejects.toMatchObject({ maybeApplied: true });
    engine = real;
    await through(one).start(svc);
    expect(acts()).toEqual(["start svc"]);
  });

  it("stays stopped when nobody knows that a restart of this executor did it", async () => {
    const one = await startOne();
    real.change("svc", { state: "exited" });
    await expect(through(one).start(svc)).rejects.toMatchObject({ code: "DW_EXECUTOR_LIMIT" });
    await restart(one, "e1", await idOf("svc-2"));
    real.change("svc-2", { state: "exited" });
    await expect(through(one).start(await idOf("svc-2"))).rejects.toThrow(
      "svc-2 is exited, and no restart of this executor left it so",
    );
    expect(acts()).toEqual(["restart svc-2"]);
  });
});

describe("the limits of an executor", () => {
  it("keep it from what is not allowed, whoever asks for it", async () => {
    const one = await startOne();
    for (const [name, why] of [
      ["other", "other is not among the containers"],
      ["db", "db runs postgres:16"],
    ] as const) {
      const asked = restart(one, `e-${name}`, await idOf(name));
      await expect(asked).rejects.toThrow(why);
      await expect(asked).rejects.toMatchObject({ code: "DW_EXECUTOR_LIMIT", maybeApplied: false });
    }
    expect(acts()).toEqual([]);
  });

  it("are seen in an inspection, so that the gates deny before anything is begun", async () => {
    const engine = through(await startOne());
    expect((await engine.inspect(svc))?.barred).toBeUndefined();
    const other = await engine.inspect(await idOf("other"));
    expect(other && refusal(other, { self: undefined })).toBe(
      "other is not among the containers that the executor may act on.",
    );
  });

  it("hold across a restart of the executor, and when the clock is set", async () => {
    const perContainer = [{ acts: 2, windowMs: 3_600_000 }];
    const one = await startOne({ limits: { perContainer } });
    await restart(one, "e1");
    await one.restarted();
    await restart(one, "e2");
    clocks.step(86_400_000);
    await one.restarted();
    await expect(restart(one, "e3")).rejects.toThrow("limit for svc is used up: 2 per 1h");
    await restart(one, "e4", await idOf("svc-2"));
    clocks.pass(3_600_000);
    await restart(one, "e5");
    expect(acts()).toEqual(["restart svc", "restart svc", "restart svc-2", "restart svc"]);
  });

  it("hold for two that come at the same time", async () => {
    const one = await startOne({ limits: { all: [{ acts: 1, windowMs: 3_600_000 }] } });
    const ended = await Promise.allSettled([
      restart(one, "e1"),
      restart(one, "e2", await idOf("svc-2")),
    ]);
    expect(ended.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(acts()).toHaveLength(1);
  });

  it("count no restart whose permit had expired", async () => {
    const one = await startOne({ limits: { all: [{ acts: 1, windowMs: 3_600_000 }] } });
    let asked = 0;
    const mayAct = async (): Promise<Permit> => {
      const permit = clocks.permit(2_500);
      asked += 1;
      if (asked === 1) clocks.pass(3_000);
      return permit;
    };
    await through(one).restart(svc, { graceSeconds: 1, mayAct });
    expect(asked).toBe(2);
    expect(acts()).toEqual(["restart svc"]);
  });
});

describe("a permit", () => {
  it("is needed for a restart", async () => {
    const asked = through(await startOne()).restart(svc, { graceSeconds: 1 });
    await expect(asked).rejects.toThrow("without a permit");
  });

  it("that would be good for longer than any lease is not one", async () => {
    const one = await startOne();
    const mayAct = async (): Promise<Permit> => {
      // The second time there is nobody left who may act.
      if (asked.length > 0) throw new Error("taken over");
      const permit = clocks.permit(3_600_000);
      asked.push(permit);
      return permit;
    };
    const asked: Permit[] = [];
    await expect(through(one).restart(svc, { graceSeconds: 1, mayAct })).rejects.toThrow(
      "taken over",
    );
    expect(acts()).toEqual([]);
  });
});
