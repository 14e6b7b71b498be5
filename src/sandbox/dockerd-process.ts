/** One dockerd in one folder: starts, crashes, starts again, and ends without leaving anything behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { dockerApi } from "./docker-api.ts";
import { SandboxDockerError } from "./docker-errors.ts";
import { startGuard } from "./guard.ts";

const startDeadlineMs = 60_000;

export class DockerdProcess {
  /** Path of its Unix socket; the same after a restart. */
  readonly socket: string;
  readonly #program: string;
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #guard: ChildProcess | undefined;

  constructor(program: string, folder: string) {
    this.#program = program;
    this.#folder = folder;
    this.socket = join(folder, "run", "docker.sock");
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get runs(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Starts it in its folder, together with containers that still run there, and waits until it answers.
   *
   * @throws SandboxDockerError `DW_SANDBOX_DOCKER_FAILED` with its own lines
   */
  async start(): Promise<void> {
    const log = join(this.#folder, "dockerd.log");
    await mkdir(join(this.#folder, "run"), { recursive: true });
    // The containerd of a killed engine may be a zombie. By its pid file it would count as running.
    await rm(join(this.#folder, "exec", "containerd", "containerd.pid"), { force: true });
    const file = openSync(log, "w");
    // After a crash, containers that still run are kept. Without one, none may outlive the engine.
    const kept = this.#child === undefined ? [] : ["--live-restore"];
    const child = spawn(this.#program, [...flags(this.#folder), ...kept], {
      stdio: ["ignore", file, file],
      // A terminal's Ctrl-C must not reach it before us.
      detached: true,
      cwd: "/",
    });
    closeSync(file);
    await once(child, "spawn");
    this.#child = child;
    this.#guard?.kill("SIGKILL");
    this.#guard = startGuard(cleanUp, [String(this.pid), this.#folder]);
    const api = dockerApi(this.socket);
    const deadline = performance.now() + startDeadlineMs;
    while ((await api("GET /_ping").catch(() => undefined)) !== "OK") {
      if (!this.runs || performance.now() > deadline) {
        throw failed((await readFile(log, "utf8")).slice(-1000));
      }
      await pause(20);
    }
  }

  /** SIGKILL, as if it had crashed; its containers live on. */
  async kill(): Promise<void> {
    if (this.#child === undefined || !this.runs) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  /** Ends it and removes its folder. Remove its containers first, because the engine stops them slowly. */
  async dispose(): Promise<void> {
    if (this.#guard === undefined) return;
    const gone = once(this.#guard, "exit");
    this.#guard.ref();
    this.#guard.stdin?.end();
    this.#guard = undefined;
    await gone;
  }
}

function failed(log: string): SandboxDockerError {
  return new SandboxDockerError("DW_SANDBOX_DOCKER_FAILED", `dockerd did not start: ${log}`, {
    hint: "Run it where mounts and cgroups may be made, not in an unprivileged container.",
  });
}

/** Everything in its own folder, and no network: no chains and no bridge stay behind. */
function flags(folder: string): string[] {
  return [
    `--host=unix://${join(folder, "run", "docker.sock")}`,
    `--group=${process.getgid?.() ?? 0}`,
    `--data-root=${join(folder, "root")}`,
    `--exec-root=${join(folder, "exec")}`,
    `--pidfile=${join(folder, "run", "docker.pid")}`,
    "--bridge=none",
    "--iptables=false",
    "--ip6tables=false",
    "--log-level=warn",
  ];
}

/** An engine leaves two mounts behind. */
const cleanUp = 'kill "$0"; gone "$0"; umount "$1/exec/netns/default" "$1/root"; rm -rf -- "$1"';
