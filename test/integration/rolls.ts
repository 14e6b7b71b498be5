/** Runs on replicas of a real engine, with a real store: what the tests of rolling share. */
import { Registry } from "prom-client";
import { expect } from "vitest";
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
import { laterBy, type MayAct, readClocks } from "../../src/permit.ts";
import type { ContainerSpec, DockerEngine } from "../../src/sandbox/dockerd.ts";
import { getRun, type Run } from "../../src/store/runs/run.ts";
import type { Store } from "../../src/store/store.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";
import { dying, type Process } from "../healing/dying.ts";
import { eventually } from "../programs/eventually.ts";
import { silent } from "../programs/store.ts";
import { steppingClock } from "../remediations/stepping-clock.ts";

const hour = 3_600_000;

/** As long as a permit of the outbox is good at most. */
const permitFor =
  (effect: string): MayAct =>
  async () => ({ effect, attempt: 1, ...laterBy(readClocks(), 2_500) });

export const three = (
  spec: Omit<ContainerSpec, "name">,
): readonly Omit<ContainerSpec, "name">[] => [spec, spec, spec];

/** Ignores the polite signal. */
export const stubborn = "trap '' TERM; while :; do sleep 1; done";
const sleeper = "trap 'exit 0' TERM; while :; do sleep 3600 & wait; done";
/** Does something else from its second start on. */
export const afterRestart = (then: string): readonly string[] => [
  "sh",
  "-c",
  `echo x >> /starts; test $(wc -l < /starts) -gt 1 && ${then}; ${sleeper}`,
];

/** The engine that acts, and the real one that is asked what happened. */
interface Place {
  readonly real: DockerEngine;
  readonly engine: Engine;
}

/** Replicas that are named and labelled after their service, once all of them are healthy. */
export async function service(
  { real, engine }: Place,
  app: string,
  replicas: readonly Omit<ContainerSpec, "name">[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const [index, spec] of replicas.entries())
    ids.push(
      await real.run({ name: `${app}-${index + 1}`, labels: { app, role: "web" }, ...spec }),
    );
  const targets = restarting(app, engine);
  await eventually(async () =>
    expect((await targets.resolve()).filter(({ healthy }) => healthy === true)).toHaveLength(
      replicas.length,
    ),
  );
  return ids;
}

function restarting(app: string, acting: Engine): Remediation {
  const target = { label: `app=${app}` };
  const config = restartContainer.config.parse({ target, grace_seconds: 1 });
  // Looks follow one another at once, and the deadlines of real calls stay as they are.
  return restartContainer.create(config, { docker: acting, clock: steppingClock(Date.now()) });
}

export interface Rolling {
  /** Goes on until the run is over, as the outbox would, also while the engine is away. */
  readonly untilOver: () => Promise<Run>;
}

interface RollingOptions {
  readonly fix?: Partial<Fix>;
  readonly process?: Process;
  /** Carries the restarts out. */
  readonly acting: Engine;
}

/** A runner of its own for the fix that is called after the service. */
export function rolling(store: Store, app: string, options: RollingOptions): Rolling {
  const { process = dying(undefined), acting } = options;
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
    const attempt = { id: app, attempt: 1, unknown: true, mayAct: permitFor(`roll ${app}`) };
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

export const statuses = ({ replicas }: Run): readonly string[] =>
  replicas.map(({ status }) => status);

export const states = (
  engine: Engine,
  ids: readonly string[],
): Promise<readonly (string | undefined)[]> =>
  Promise.all(ids.map(async (id) => (await engine.inspect(id))?.state));

export const namesRestarted = (real: DockerEngine, app: string): readonly string[] =>
  real.restarts.filter(({ name }) => name.startsWith(app)).map(({ name }) => name);
