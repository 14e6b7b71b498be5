/** A service of several replicas on a simulated engine, and a runner that may be killed at any step. */
import { pino } from "pino";
import { Registry } from "prom-client";
import type { Container } from "../../remediations/docker/engine.ts";
import { restartContainer } from "../../remediations/restart-container.ts";
import type { Fix } from "../../src/healing/fix.ts";
import { healingMetrics } from "../../src/healing/metrics.ts";
import type { Started } from "../../src/healing/reconcile.ts";
import { Runner } from "../../src/healing/runner.ts";
import type { RunWish } from "../../src/incidents/proposal.ts";
import { type SimulatedEngine, simulatedEngine } from "../../src/sandbox/docker.ts";
import type { Run } from "../../src/store/runs/run.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";
import { type MemoryLedger, memoryLedger } from "../fakes/memory-ledger.ts";
import { goodPermit } from "../fakes/permit.ts";
import { type SteppingClock, steppingClock } from "../remediations/stepping-clock.ts";
import { dying, type Process } from "./dying.ts";

const second = 1000;

/** What an inspection shows of a replica so long after its restart. */
export type Behaviour = (sinceMs: number) => Partial<Container>;

export const back: Behaviour = (sinceMs) => ({
  state: "running",
  health: sinceMs < 3 * second ? "starting" : "healthy",
});
export const unhealthy: Behaviour = () => ({ state: "running", health: "unhealthy" });
export const crashing: Behaviour = (sinceMs) => ({ state: sinceMs < 200 ? "running" : "exited" });

export interface RollingPlace {
  readonly engine: SimulatedEngine;
  readonly clock: SteppingClock;
  readonly ledger: MemoryLedger;
  readonly registry: Registry;
  /** Names in the order of their restarts. */
  readonly restarts: () => readonly string[];
  readonly step: () => Promise<Started | undefined>;
  /** Goes on until the run ends, as the outbox would. */
  readonly untilOver: () => Promise<Run>;
  readonly run: () => Run;
  /** Counts the steps at which a process may be killed. */
  readonly points: () => number;
}

export interface RollingScene {
  /** By name. Default: three that come back. */
  readonly replicas?: Readonly<Record<string, Behaviour>>;
  /** Shown before the restart. Default: all are healthy. */
  readonly before?: Readonly<Record<string, Partial<Container>>>;
  readonly fix?: Partial<Fix>;
  readonly wish?: RunWish;
  /** Called right before a restart takes effect. */
  readonly onRestart?: (name: string, engine: SimulatedEngine) => Promise<void> | void;
  /** The process is killed at this step: it hears no more answer. Default: never. */
  readonly killAt?: number;
  /** How a restart ends whose process is killed in its middle. Default: the engine finishes it. */
  readonly halfDone?: "all" | "stopped";
}

const threeBack = { "api-1": back, "api-2": back, "api-3": back };
const labels = {
  "com.docker.compose.project": "shop",
  "com.docker.compose.service": "api",
};

export function rollingPlace(scene: RollingScene = {}): RollingPlace {
  const { replicas = threeBack, before = {}, killAt, halfDone = "all" } = scene;
  const clock = steppingClock();
  const containers = Object.keys(replicas).map((name) => ({
    name,
    labels,
    shown: { health: "healthy" as const, ...before[name] },
  }));
  const engine = simulatedEngine({ containers, clock });
  const registry = new Registry();
  const ledger = memoryLedger();
  const process = dying(killAt);
  const settings = {
    name: "restart-api",
    when: { features: ["credit_score"] },
    remediation: "restart-container",
    tier: "auto",
    mode: "auto",
    cooldownMs: 0,
    ...atMost(9, 1440 * 60_000),
    ...scene.fix,
  } as const satisfies Fix;
  const config = restartContainer.config.parse({ target: { compose_service: "api" } });
  const remediation = restartContainer.create(config, {
    docker: killable(withHealth(engine, { replicas, clock }), {
      process,
      engine,
      clock,
      scene,
      halfDone,
    }),
    clock,
  });
  const runner = new Runner({
    fixes: [{ fix: settings, remediation }],
    ledger: {
      ...ledger,
      decide: process.around((about, judge) => ledger.decide(about, judge)),
      finish: process.around((id, change) => ledger.finish(id, change)),
    },
    rolls: {
      begin: process.around((beginning) => ledger.rolls.begin(beginning)),
      record: process.around((change) => ledger.rolls.record(change)),
    },
    clock,
    logger: pino({ level: "silent" }),
    metrics: healingMetrics(registry, async () => []),
    restoredAtMs: () => undefined,
  });
  const at = clock.now() * 1000;
  const incident = openIncident({ episode: episodeOpened({ id: "e1", at, newestRow: at }) });
  let attempt = 0;
  const step = async (): Promise<Started | undefined> => {
    attempt += 1;
    const given = { id: "x", attempt, unknown: attempt > 1, mayAct: goodPermit };
    const request = { fix: "restart-api", episode: "e1", ...(scene.wish && { wish: scene.wish }) };
    const started = await Promise.race([runner.start(request, incident, given), process.killed]);
    process.revive();
    return started;
  };
  const run = (): Run => {
    const [only] = ledger.runs.values();
    if (only === undefined) throw new Error("no run was decided");
    return only;
  };
  const untilOver = async (): Promise<Run> => {
    for (let steps = 0; steps < 2000; steps += 1) {
      const started = await step();
      if (started !== undefined && started.waits === undefined) return run();
      clock.advance(started?.waits?.askAgainInMs ?? 5 * second);
    }
    throw new Error("the run does not end");
  };
  const restarts = () =>
    engine.ledger.filter(({ verb }) => verb === "restart").map(({ name }) => name);
  return {
    engine,
    clock,
    ledger,
    registry,
    restarts,
    step,
    untilOver,
    run,
    points: process.points,
  };
}

interface Shown {
  readonly replicas: Readonly<Record<string, Behaviour>>;
  readonly clock: SteppingClock;
}

/** Shows each replica as it behaves since its restart. */
function withHealth(engine: SimulatedEngine, { replicas, clock }: Shown): SimulatedEngine {
  const inspect = engine.inspect.bind(engine);
  return {
    ...engine,
    inspect: async (id) => {
      const container = await inspect(id);
      const last = engine.ledger.findLast((entry) => entry.id === id);
      if (container === undefined || last === undefined || container.state !== "running")
        return container;
      return { ...container, ...replicas[container.name]?.(clock.now() - last.atMs) };
    },
  };
}

interface Killing {
  readonly process: Process;
  readonly engine: SimulatedEngine;
  readonly clock: SteppingClock;
  readonly scene: RollingScene;
  readonly halfDone: "all" | "stopped";
}

/** A restart whose process may die before it is sent, in its middle, and before its answer is heard. */
function killable(
  shown: SimulatedEngine,
  { process, engine, clock, scene, halfDone }: Killing,
): SimulatedEngine {
  return {
    ...shown,
    restart: async (id, how) => {
      if (process.isLast()) return process.dies();
      const name = (await engine.inspect(id))?.name ?? "";
      await scene.onRestart?.(name, shown);
      if (process.isLast()) {
        if (halfDone === "all") await engine.restart(id, how);
        else
          engine.change(name, { state: "exited", finishedAt: new Date(clock.now()).toISOString() });
        return process.dies();
      }
      await engine.restart(id, how);
      return process.isLast() ? process.dies() : undefined;
    },
  };
}
