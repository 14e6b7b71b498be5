/** Runs on replicas, on a real engine and a real store. What happened is read from the engine. */
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import type { Engine } from "../../remediations/docker/engine.ts";
import type { Remediation } from "../../remediations/remediation.ts";
import { restartContainer } from "../../remediations/restart-container.ts";
import { systemClock } from "../../src/clock.ts";
import { isUnavailable } from "../../src/errors.ts";
import type { Fix } from "../../src/healing/fix.ts";
import { healingMetrics } from "../../src/healing/metrics.ts";
import { rollLedger } from "../../src/healing/roll-ledger.ts";
import { runLedger } from "../../src/healing/run-ledger.ts";
import { Runner } from "../../src/healing/runner.ts";
import { watchEvents } from "../../src/sandbox/docker-api.ts";
import type { ContainerSpec, DockerEngine } from "../../src/sandbox/dockerd.ts";
import { verifyJournal } from "../../src/store/journal/verify.ts";
import { wrongRow } from "../../src/store/journal/verify-rows.ts";
import { attemptsSince } from "../../src/store/runs/budget.ts";
import { getRun, type Run } from "../../src/store/runs/run.ts";
import type { Store } from "../../src/store/store.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";
import { goodPermit } from "../fakes/permit.ts";
import { dying, type Process } from "../healing/dying.ts";
import { dockerTestable, startTestDocker } from "../programs/docker.ts";
import { eventually } from "../programs/eventually.ts";
import { silent, withStore } from "../programs/store.ts";
import { steppingClock } from "../remediations/stepping-clock.ts";

const hour = 3_600_000;
let real: DockerEngine;
let engine: Engine;

const three = (spec: Omit<ContainerSpec, "name">): readonly Omit<ContainerSpec, "name">[] => [
  spec,
  spec,
  spec,
];

/** Ignores the polite signal. */
const stubborn = "trap '' TERM; while :; do sleep 1; done";
const sleeper = "trap 'exit 0' TERM; while :; do sleep 3600 & wait; done";
/** Does something else from its second start on. */
const afterRestart = (then: string): readonly string[] => [
  "sh",
  "-c",
  `echo x >> /starts; test $(wc -l < /starts) -gt 1 && ${then}; ${sleeper}`,
];

/** Replicas that are named and labelled after their service, once all of them are healthy. */
async function service(
  app: string,
  replicas: readonly Omit<ContainerSpec, "name">[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const [index, spec] of replicas.entries())
    ids.push(await real.run({ name: `${app}-${index + 1}`, labels: { app }, ...spec }));
  const targets = restarting(app);
  await eventually(async () =>
    expect((await targets.resolve()).filter(({ healthy }) => healthy === true)).toHaveLength(
      replicas.length,
    ),
  );
  return ids;
}

function restarting(app: string, acting: Engine = engine): Remediation {
  const target = { label: `app=${app}` };
  const config = restartContainer.config.parse({ target, grace_seconds: 1 });
  // Looks follow one another at once, and the deadlines of real calls stay as they are.
  return restartContainer.create(config, { docker: acting, clock: steppingClock(Date.now()) });
}

interface Rolling {
  /** Goes on until the run is over, as the outbox would, also while the engine is away. */
  readonly untilOver: () => Promise<Run>;
}

interface RollingOptions {
  readonly fix?: Partial<Fix>;
  readonly process?: Process;
  /** Takes the place of the engine. */
  readonly acting?: Engine;
}

/** A runner of its own for the fix that is called after the service. */
function rolling(store: Store, app: string, options: RollingOptions = {}): Rolling {
  const { process = dying(undefined), acting = engine } = options;
  const name = options.fix?.name ?? app;
  const remediation = restarting(app, acting);
  const fix: Fix = {
    name: app,
    when: { features: ["credit_score"] },
    remediation: "restart-container",
    tier: "auto",
    mode: "auto",
    cooldownMs: 0,
    ...atMost(100, hour),
    concurrency: 100,
    healthyWithinMs: 240_000,
    ...options.fix,
  };
  const runs = runLedger(store, systemClock);
  const rolls = rollLedger(store, systemClock);
  const runner = new Runner({
    fixes: [{ fix, remediation }],
    ledger: {
      ...runs,
      decide: process.around((about, judge) => runs.decide(about, judge)),
      finish: process.around((id, change) => runs.finish(id, change)),
    },
    rolls: {
      begin: process.around((beginning) => rolls.begin(beginning)),
      record: process.around((change) => rolls.record(change)),
    },
    clock: systemClock,
    logger: silent,
    metrics: healingMetrics(new Registry(), async () => []),
    restoredAtMs: () => undefined,
  });
  const at = Date.now() * 1000;
  const incident = openIncident({
    id: `inc-${app}`,
    episode: episodeOpened({ id: app, at, newestRow: at }),
  });
  let id = "";
  const step = async (): Promise<boolean> => {
    const attempt = { id: app, attempt: 1, unknown: true, mayAct: goodPermit };
    const started = await Promise.race([
      runner.start({ fix: name, episode: app }, incident, attempt),
      process.killed,
    ]);
    process.revive();
    id = started?.run?.id ?? id;
    return started !== undefined && started.waits === undefined;
  };
  const tried = async (): Promise<boolean> => {
    try {
      return await step();
    } catch (error) {
      if (isUnavailable(error)) return false;
      throw error;
    }
  };
  const untilOver = async (): Promise<Run> => {
    await eventually(async () => expect(await tried()).toBe(true), { everyMs: 100 });
    const run = await getRun(store, id);
    if (run === undefined) throw new Error(`${app} has no run`);
    return run;
  };
  return { untilOver };
}

const statuses = ({ replicas }: Run): readonly string[] => replicas.map(({ status }) => status);

const states = (ids: readonly string[]): Promise<readonly (string | undefined)[]> =>
  Promise.all(ids.map(async (id) => (await engine.inspect(id))?.state));

const namesRestarted = (app: string): readonly string[] =>
  real.restarts.filter(({ name }) => name.startsWith(app)).map(({ name }) => name);

describe.skipIf(!(await dockerTestable()))("replicas on a real engine (B16, B17, B18)", () => {
  const stores = withStore();
  let store: Store;
  beforeAll(async () => {
    real = await startTestDocker();
    engine = openDocker({ socket: real.socket });
    store = await stores.open();
  });
  afterAll(() => real.stop());

  it("three that ignore the polite signal are restarted one by one, each an attempt, all sealed", async () => {
    const health = { cmd: "true", intervalMs: 100 };
    await service("plain", three({ cmd: ["sh", "-c", stubborn], health }));
    const run = await rolling(store, "plain").untilOver();
    expect(run).toMatchObject({
      status: "acted",
      detail: "Restarted 3 of 3 replicas of plain, one by one.",
    });
    await eventually(() =>
      expect(namesRestarted("plain")).toEqual(["plain-1", "plain-2", "plain-3"]),
    );
    const attempts = await attemptsSince(store, 0);
    expect(attempts.filter(({ fix }) => fix === "plain")).toHaveLength(3);
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
    expect(await wrongRow(store)).toBeUndefined();
  });

  it.each<[string, Omit<ContainerSpec, "name">, RegExp]>([
    [
      "stays unhealthy",
      {
        cmd: afterRestart("true"),
        health: { cmd: "test $(wc -l < /starts) -lt 2", intervalMs: 100 },
      },
      /^Restarted 2 of 3 replicas of stays, one by one\. stays-2 did not come back healthy within 1s: it is (unhealthy|starting)\. stays-3 was not touched\.$/,
    ],
    [
      "runs out of memory",
      {
        cmd: afterRestart("exec tail /dev/zero"),
        health: { cmd: "test $(wc -l < /starts) -lt 2", intervalMs: 100 },
        create: { HostConfig: { Memory: 12 * 1024 * 1024, MemorySwap: 12 * 1024 * 1024 } },
      },
      / runs-2 (did not come back|was restarted and did not stay up).*: it is .* runs-3 was not touched\.$/,
    ],
  ])("a second one that %s leaves the third untouched", async (what, second, detail) => {
    const [app = ""] = what.split(" ");
    const [, , third = ""] = await service(app, [{}, second, {}]);
    const before = await engine.inspect(third);
    const run = await rolling(store, app, { fix: { healthyWithinMs: 1000 } }).untilOver();
    expect(run).toMatchObject({ status: "acted", outcome: "failed" });
    expect(run.detail).toMatch(detail);
    expect(run.replicas[2]?.status).toBe("untouched");
    expect((await engine.inspect(third))?.startedAt).toBe(before?.startedAt);
  });

  it("nothing is done when one is paused, is removed at its end, or lends its network", async () => {
    const [first = ""] = await service("mixed", [{}, {}]);
    const NetworkMode = "container:mixed-2";
    const borrower = await real.run({ name: "borrower", create: { HostConfig: { NetworkMode } } });
    expect(await gateOf(store, "lends")).toContain(
      "dependants: What is done to mixed-2 would cut off borrower (lives in its network).",
    );
    await real.remove(borrower);
    await real.api(`POST /containers/${first}/pause`);
    expect(await gateOf(store, "paused")).toContain("refused: mixed-1 is paused");
    await real.api(`POST /containers/${first}/unpause`);
    const create = { HostConfig: { AutoRemove: true } };
    await real.run({ name: "mixed-3", labels: { app: "mixed" }, create });
    expect(await gateOf(store, "removed")).toContain(
      "refused: mixed-3 would be removed by its engine",
    );
    expect(namesRestarted("mixed")).toEqual([]);
  });

  it("a process that is killed at any step leaves nothing stopped, and restarts nothing twice", async () => {
    const undisturbed = dying(undefined);
    await service("points", [{}, {}]);
    await rolling(store, "points", { process: undisturbed }).untilOver();
    // The decision, and all steps of the first replica and of the beginning of the second: the rest repeats them.
    const points = Math.ceil(undisturbed.points() / 2) + 1;
    expect(points).toBeGreaterThan(7);
    await Promise.all(
      Array.from({ length: points }, async (_, n) => {
        const app = `killed${n + 1}`;
        const ids = await service(app, [{}, {}]);
        const process = dying(n + 1);
        const run = await rolling(store, app, { process, acting: halfDone(process) }).untilOver();
        expect([app, await states(ids)]).toEqual([app, ["running", "running"]]);
        expect([app, statuses(run).filter((status) => /^(planned|act)/.test(status))]).toEqual([
          app,
          [],
        ]);
        const twice = namesRestarted(app).length - new Set(namesRestarted(app)).size;
        expect([app, twice]).toEqual([app, 0]);
      }),
    );
  });

  it("an engine that dies in the middle and comes back finds the run going on, and nothing stopped", async () => {
    const ids = await service("engine", three({ cmd: ["sh", "-c", stubborn] }));
    const second = ids[1] ?? "";
    const killed = new Promise<void>((resolve, reject) => {
      const filters = { container: [second], event: ["kill"] };
      watchEvents(real.socket, filters, () => resolve()).catch(reject);
    });
    const over = rolling(store, "engine").untilOver();
    await killed;
    await real.kill();
    await real.restart();
    const run = await over;
    expect(await states(ids)).toEqual(["running", "running", "running"]);
    expect(statuses(run)[0]).toBe("back");
    expect(statuses(run).filter((status) => /^(planned|act)/.test(status))).toEqual([]);
    expect(namesRestarted("engine-1")).toHaveLength(1);
  });
});

async function gateOf(store: Store, name: string): Promise<string> {
  const { gate, detail } = await rolling(store, "mixed", { fix: { name } }).untilOver();
  return `${gate}: ${detail}`;
}

/** A process that dies in the middle of a restart leaves the container stopped, as engines 23.0 to 24.0.6 do. */
function halfDone(process: Process): Engine {
  return {
    ...engine,
    restart: async (id, how) => {
      if (process.isLast()) return process.dies();
      if (process.isLast()) {
        await real.api(`POST /containers/${id}/stop?t=1`);
        return process.dies();
      }
      await engine.restart(id, how);
      return process.isLast() ? process.dies() : undefined;
    },
  };
}
