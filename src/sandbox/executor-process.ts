/** `driftwarden executor` as a process of its own, for `demo --docker` and tests. It ends with our process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { SandboxDockerError } from "./docker-errors.ts";
import { startGuard } from "./guard.ts";

export interface ExecutorProcessOptions {
  /** Program and first arguments that start Driftwarden. */
  readonly program: readonly string[];
  /** An existing folder that belongs to this user alone. It holds the executor's configuration, socket and state. */
  readonly folder: string;
  /** The engine's socket. */
  readonly engine: string;
  /** `key=value` labels; containers that carry one of them may be restarted. */
  readonly allow: readonly string[];
  /** More of its configuration, in the place of the product's own limits. */
  readonly limits?: Readonly<Record<string, unknown>>;
}

export interface ExecutorProcess {
  /** Path of its socket; the same after a restart. */
  readonly socket: string;
  readonly pid: number;
  /** SIGKILL, as if it had crashed. Resolves when it has ended. */
  kill(): Promise<void>;
  /** Starts it again; resolves when it listens. @throws SandboxDockerError DW_SANDBOX_EXECUTOR_FAILED */
  start(): Promise<void>;
  /** Ends it, and lets it finish its running acts. */
  stop(): Promise<void>;
}

/** @throws SandboxDockerError DW_SANDBOX_EXECUTOR_FAILED with its own lines when it does not start */
export async function startExecutorProcess(
  options: ExecutorProcessOptions,
): Promise<ExecutorProcess> {
  const { folder, program } = options;
  const file = join(folder, "executor.yaml");
  const socket = join(folder, "executor.sock");
  await writeFile(file, configOf(options, socket), { mode: 0o600 });
  const [command = process.execPath, ...first] = program;
  const args = [...first, "executor", "--config", file];
  let child = await started(command, args);
  const end = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  return {
    socket,
    get pid() {
      return child.pid ?? 0;
    },
    kill: () => end("SIGKILL"),
    start: async () => {
      await end("SIGKILL");
      child = await started(command, args);
    },
    stop: () => end("SIGTERM"),
  };
}

/** JSON is YAML too. */
function configOf({ folder, engine, allow, limits }: ExecutorProcessOptions, socket: string) {
  return JSON.stringify({
    socket,
    peer: process.geteuid?.(),
    state: join(folder, "executor-state"),
    docker: { socket: engine },
    allow: allow.map((label) => ({ label })),
    ...limits,
  });
}

async function started(command: string, args: readonly string[]): Promise<ChildProcess> {
  // Ctrl-C in a terminal must not end it before this process does.
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
  const guard = startGuard('kill -KILL "$0"', [String(child.pid)]);
  child.once("exit", () => guard?.kill("SIGKILL"));
  const lines: string[] = [];
  const listens = new Promise<boolean>((resolve) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      lines.push(line);
      if (line.includes('"msg":"listening"')) resolve(true);
    });
    child.once("close", () => resolve(false));
    child.once("error", () => resolve(false));
  });
  if (await listens) return child;
  const said = lines.slice(-10).join("\n");
  throw new SandboxDockerError("DW_SANDBOX_EXECUTOR_FAILED", `no executor started: ${said}`, {
    hint: "Read what it says. In a checkout run `npm run build` first.",
  });
}
