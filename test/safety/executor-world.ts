/** An executor as a process of its own, on a real socket, before an engine that sees every act. */
import { createHash } from "node:crypto";
import { chmodSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openExecutorChanges } from "../../remediations/docker/executor/executor-changes.ts";
import { laterBy, type Permit, readClocks } from "../../src/permit.ts";
import { startExecutorProcess } from "../../src/sandbox/executor-process.ts";
import { type FuzzedContainer, type FuzzedEngine, startFuzzedEngine } from "./executor-engine.ts";

const container = (name: string, more: Partial<FuzzedContainer> = {}): FuzzedContainer => ({
  id: createHash("sha256").update(name).digest("hex"),
  name,
  app: "my-service",
  ...more,
});
const containers = [
  container("svc-1"),
  container("svc-2"),
  container("other", { app: "other" }),
  container("db", { image: "postgres:16" }),
  container("halted", { state: "exited" }),
  container("held", { state: "paused" }),
];
const idsOf = (...names: readonly string[]): readonly string[] =>
  containers.filter(({ name }) => names.includes(name)).map(({ id }) => id);

/** A limit that is allowed: the greatest. */
export const raisedBytes = 268_435_456;

/** In a minute. */
export const limits = { all: 300, perContainer: 200 } as const;

export interface ExecutorWorld extends Pick<FuzzedEngine, "acts" | "slowDown"> {
  readonly socket: string;
  readonly ids: readonly string[];
  /** Those that may be restarted. */
  readonly allowed: readonly string[];
  /** Those whose logs may be read. */
  readonly readable: readonly string[];
  /** Of the images that may be removed. */
  readonly imagePlan: string;
  /** By container: of raising its memory limit to `raisedBytes`. */
  readonly memoryPlans: ReadonlyMap<string, string>;
  /** That ends so many milliseconds from now. */
  permit(this: void, ms: number): Permit;
  remove(): Promise<void>;
}

/**
 * @param mode of the folder that holds the socket
 * @throws SandboxDockerError when the executor does not start
 */
export async function executorWorld(mode = 0o700): Promise<ExecutorWorld> {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-fuzz-"));
  chmodSync(folder, mode);
  const engine = await startFuzzedEngine(join(folder, "engine.sock"), containers);
  const remove = async (): Promise<void> => {
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const program = [process.execPath, "--import", "tsx", "src/main.ts"];
  const executor = await startExecutorProcess({
    program,
    folder,
    engine: join(folder, "engine.sock"),
    allow: [],
    limits: {
      allow: [
        { label: "app=my-service", verbs: ["restart", "update-memory"] },
        { name: "db", verbs: ["logs"] },
      ],
      max_acts: `${limits.all} per 1m`,
      max_acts_per_container: `${limits.perContainer} per 1m`,
      prune_images: { older_than: "7d", max_acts: `${limits.perContainer} per 1m` },
      update_memory: {
        min_mib: 64,
        max_mib: 256,
        max_acts: `${limits.all} per 1m`,
        max_acts_per_container: `${limits.perContainer} per 1m`,
      },
    },
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const changes = openExecutorChanges({ socket: executor.socket });
  const allowed = idsOf("svc-1", "svc-2");
  const memoryPlans = new Map<string, string>();
  for (const id of allowed) {
    const { plan } = await changes.planUpdateMemory({ container: id, bytes: raisedBytes });
    memoryPlans.set(id, plan);
  }
  return {
    ...engine,
    imagePlan: (await changes.planPruneImages()).plan,
    memoryPlans,
    socket: executor.socket,
    ids: containers.map(({ id }) => id),
    allowed,
    readable: idsOf("db"),
    permit: (ms) => ({ effect: "e", attempt: 1, ...laterBy(readClocks(), ms) }),
    remove: async () => {
      await executor.stop();
      await remove();
    },
  };
}
