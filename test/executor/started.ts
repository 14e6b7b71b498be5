/** An executor in this process, on a socket and in folders of its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { Engine, EngineChanges } from "../../remediations/docker/engine.ts";
import type { Clock } from "../../src/clock.ts";
import { type Executor, startExecutor } from "../../src/executor/executor.ts";
import type { ExecutorLimits } from "../../src/executor/limits.ts";
import type { ClockReading } from "../../src/permit.ts";

/** Everything that is labelled `app=my-service`, as often as one likes, and its logs. */
const openLimits: ExecutorLimits = {
  allow: [{ labels: ["app=my-service"], verbs: ["restart", "logs"], allowStateful: false }],
  all: [{ acts: 1000, windowMs: 3_600_000 }],
  perContainer: [{ acts: 1000, windowMs: 3_600_000 }],
};

export interface TestExecutorOptions {
  readonly engine: Engine;
  readonly engineChanges?: EngineChanges;
  readonly limits?: Partial<ExecutorLimits>;
  readonly clock?: Pick<Clock, "sleep">;
  readonly clocks?: () => ClockReading;
}

export interface TestExecutor {
  readonly socket: string;
  readonly folder: string;
  /** Stops the process's executor, if one runs, and starts another one on the same socket and state. */
  restarted(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestExecutor(options: TestExecutorOptions): Promise<TestExecutor> {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-executor-"));
  const socket = join(folder, "executor.sock");
  const start = (): Promise<Executor> =>
    startExecutor(
      {
        socket,
        peer: process.geteuid?.() ?? 0,
        stateFolder: join(folder, "state"),
        limits: { ...openLimits, ...options.limits },
        engine: options.engine,
        engineChanges: options.engineChanges,
      },
      {
        logger: pino({ level: "silent" }),
        program: "0.1.0",
        boot: "b",
        clock: options.clock,
        clocks: options.clocks,
      },
    );
  let running = await start();
  return {
    socket,
    folder,
    restarted: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
