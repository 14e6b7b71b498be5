/** A daemon or an executor as systemd would keep it: a child process that is started again whenever it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, type WriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startGuard } from "../../src/sandbox/guard.ts";

export interface DaemonOptions {
  readonly name: string;
  /** The built `main.js`. */
  readonly program: string;
  readonly configFile: string;
  /** Default run. */
  readonly command?: "run" | "executor";
  /** Holds its log and the file that bends its clock. */
  readonly folder: string;
}

const clockShim = new URL("clock-shim.mjs", import.meta.url).href;
/** systemd's RestartSec would be longer; a fault should not wait for it. */
const restartMs = 300;

export class DaemonProcess {
  readonly name: string;
  /** Unexpected ends of the process, with its last lines of output. */
  readonly crashes: string[] = [];
  /** Lines of its log that say `error` or worse. */
  readonly errors: string[] = [];
  readonly #options: DaemonOptions;
  readonly #clockFile: string;
  readonly #log: WriteStream;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #url: string | undefined;
  #expected = false;
  #stopping = false;

  constructor(options: DaemonOptions) {
    this.#options = options;
    this.name = options.name;
    this.#clockFile = join(options.folder, `${options.name}.clock`);
    this.#log = createWriteStream(join(options.folder, `${options.name}.log`));
    this.setClock(0);
  }

  /** Where it listens; undefined while it does not. */
  get url(): string | undefined {
    return this.#url;
  }

  start(): void {
    const { program, configFile, command = "run" } = this.#options;
    const child = spawn(
      process.execPath,
      ["--import", clockShim, program, command, "--config", configFile],
      {
        stdio: ["ignore", "ignore", "pipe"],
        env: { ...process.env, CHAOS_CLOCK_FILE: this.#clockFile },
      },
    );
    this.#child = child;
    const guard = startGuard('kill -KILL "$0"', [String(child.pid)]);
    child.once("exit", () => guard?.kill("SIGKILL"));
    this.#expected = false;
    const last: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => this.#heard(line, last));
    this.#ended = this.#follow(child, last);
  }

  async #follow(child: ChildProcess, last: readonly string[]): Promise<void> {
    const [code, signal] = await once(child, "exit");
    this.#url = undefined;
    if (this.#stopping) return;
    if (!this.#expected) {
      this.crashes.push(`${this.name} ended with ${String(code ?? signal)}:\n${last.join("\n")}`);
    }
    setTimeout(() => {
      if (!this.#stopping) this.start();
    }, restartMs);
  }

  #heard(line: string, last: string[]): void {
    this.#log.write(`${line}\n`);
    last.push(line);
    if (last.length > 10) last.shift();
    if (/"level":(50|60|"error"|"fatal")/.test(line)) this.errors.push(`${this.name}: ${line}`);
    const url = line.includes('"msg":"listening"') ? /"url":"([^"]+)"/.exec(line)?.[1] : undefined;
    if (url !== undefined) this.#url = url;
  }

  /** Ends the process; it is then started again. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    this.#expected = true;
    const ended = this.#ended;
    this.#child?.kill(signal);
    await ended;
  }

  /** SIGSTOP: connections stay open, nothing happens. */
  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** How far its wall clock is off from now on, ms. */
  setClock(offsetMs: number): void {
    writeFileSync(this.#clockFile, String(offsetMs));
  }

  /** Ends the process without a warning and without another start. */
  async kill(): Promise<void> {
    this.#stopping = true;
    this.#child?.kill("SIGKILL");
    await this.#ended;
  }

  /** Stops it without another start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child?.kill("SIGCONT");
    this.#child?.kill("SIGTERM");
    const killTimer = setTimeout(() => this.#child?.kill("SIGKILL"), 20_000);
    await this.#ended;
    clearTimeout(killTimer);
    this.#log.end();
  }
}
