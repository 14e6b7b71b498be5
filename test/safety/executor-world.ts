/** An executor as a process of its own, on a real socket, before an engine that sees every act. */
import { createHash } from "node:crypto";
import { chmodSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** In a minute. */
export const limits = { all: 300, perContainer: 200 } as const;

export interface ExecutorWorld extends Pick<FuzzedEngine, "acts" | "slowDown"> {
  readonly socket: string;
  readonly ids: readonly string[];
  /** Those that may be restarted. */
  readonly allowed: readonly string[];
  /** Those whose logs may be read. */
  readonly readable: readonly string[];
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
      allow: [{ label: "app=my-service" }, { name: "db", verbs: ["logs"] }],
      max_acts: `${limits.all} per 1m`,
      max_acts_per_container: `${limits.perContainer} per 1m`,
    },
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return {
    ...engine,
    socket: executor.socket,
    ids: containers.map(({ id }) => id),
    allowed: idsOf("svc-1", "svc-2"),
    readable: idsOf("db"),
    permit: (ms) => ({ effect: "e", attempt: 1, ...laterBy(readClocks(), ms) }),
    remove: async () => {
      await executor.stop();
      await remove();
    },
  };
}
