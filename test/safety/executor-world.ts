/** An executor with a simulated engine whose every act is seen, and clocks that stand still until they are moved. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { Engine } from "../../remediations/docker/engine.ts";
import type { ExecutorMeans, ExecutorSettings } from "../../src/executor/executor.ts";
import { simulatedEngine } from "../../src/sandbox/docker.ts";
import { type FakeClocks, fakeClocks } from "../fakes/permit.ts";
import type { ActSeen } from "./executor-oracle.ts";

const labels = { app: "my-service" };
const containers = [
  { name: "svc-1", labels },
  { name: "svc-2", labels },
  { name: "other", labels: { app: "other" } },
  { name: "db", labels, image: "postgres:16" },
  { name: "halted", labels, shown: { state: "exited" } },
  { name: "held", labels, shown: { state: "paused" } },
];
export const limits = { all: 30, perContainer: 20 } as const;
const windowMs = 3_600_000;

export interface ExecutorWorld {
  readonly folder: string;
  readonly clocks: FakeClocks;
  readonly ids: readonly string[];
  /** Those that may be restarted. */
  readonly allowed: readonly string[];
  /** Those whose logs may be read. */
  readonly readable: readonly string[];
  readonly settings: ExecutorSettings;
  readonly means: ExecutorMeans;
  /** Acts, and readings of logs, since it was asked last. */
  acts(): readonly ActSeen[];
  /** The next look at a container takes so long. */
  slowDown(ms: number): void;
  remove(): Promise<void>;
}

export async function executorWorld(): Promise<ExecutorWorld> {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-fuzz-"));
  const clocks = fakeClocks();
  const clock = {
    now: () => clocks.read().wallMs,
    at: (ms: number) => ms,
    sleep: async (ms: number) => clocks.pass(ms),
  };
  const simulated = simulatedEngine({ containers, clock, clocks: clocks.read });
  let slowMs = 0;
  let seen = 0;
  let logsRead: ActSeen[] = [];
  const engine: Engine = {
    ...simulated,
    inspect: (id) => {
      clocks.pass(slowMs);
      slowMs = 0;
      return simulated.inspect(id);
    },
    logs: (id, wanted) => {
      logsRead.push({ verb: "logs", id, at: clocks.read() });
      return simulated.logs(id, wanted);
    },
  };
  const listed = [
    ...(await simulated.list(["app=my-service"])),
    ...(await simulated.list(["app=other"])),
  ];
  return {
    folder,
    clocks,
    ids: listed.map(({ id }) => id),
    allowed: listed.filter(({ name }) => name.startsWith("svc")).map(({ id }) => id),
    readable: listed.filter(({ name }) => name === "db").map(({ id }) => id),
    settings: {
      socket: join(folder, "executor.sock"),
      peer: process.geteuid?.() ?? 0,
      stateFolder: join(folder, "state"),
      engine,
      limits: {
        allow: [
          { labels: ["app=my-service"], verbs: ["restart"], allowStateful: false },
          { name: "db", labels: [], verbs: ["logs"], allowStateful: false },
        ],
        all: [{ acts: limits.all, windowMs }],
        perContainer: [{ acts: limits.perContainer, windowMs }],
      },
    },
    means: {
      logger: pino({ level: "silent" }),
      program: "0.1.0",
      boot: "b",
      clock,
      clocks: clocks.read,
    },
    acts: () => {
      const fresh = simulated.ledger.slice(seen);
      seen = simulated.ledger.length;
      // No time passes between an act and this look.
      const read = logsRead;
      logsRead = [];
      return [...read, ...fresh.map(({ verb, id }) => ({ verb, id, at: clocks.read() }))];
    },
    slowDown: (ms) => {
      slowMs = ms;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
