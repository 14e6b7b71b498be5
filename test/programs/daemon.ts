/** The built daemon as a child process, as systemd would run it: `npm run build` comes first. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const built = new URL("../../dist/src/main.js", import.meta.url).pathname;

export interface Daemon {
  readonly pid: number;
  /** Where it listens. */
  readonly url: string;
  /** Every line of its log so far, oldest first. */
  readonly said: readonly string[];
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  /** SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts `driftwarden run` and waits until it listens; rejects with what it said when it ends before.
 *
 * @param launcher a program, with its arguments, that becomes the daemon
 * @param program main.js of another build than this checkout's
 */
export async function startDaemon(
  configFile: string,
  launcher: readonly string[] = [],
  program: string = built,
): Promise<Daemon> {
  const [file, ...args] = [...launcher, process.execPath, program, "run", "--config", configFile];
  const child = spawn(file, args, { stdio: ["ignore", "ignore", "pipe"] });
  const said: string[] = [];
  const ended = once(child, "exit").then(([code]): number | null => code);
  const url = await listening(child, said, ended);
  return {
    pid: child.pid ?? 0,
    url,
    said,
    ended,
    stop: async () => {
      child.kill("SIGTERM");
      return await ended;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function listening(
  child: ChildProcess,
  said: string[],
  ended: Promise<number | null>,
): Promise<string> {
  const found = new Promise<string>((resolve) => {
    if (child.stderr === null) return;
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      if (process.env["DEBUG"]) process.stderr.write(`daemon: ${line}\n`);
      const url = /"url":"([^"]+)".*"msg":"listening"|"msg":"listening".*"url":"([^"]+)"/.exec(
        line,
      );
      if (url !== null) resolve(url[1] ?? url[2] ?? "");
    });
  });
  const dead = ended.then((code): never => {
    throw new Error(`the daemon ended with ${code}:\n${said.slice(-20).join("\n")}`);
  });
  return await Promise.race([found, dead]);
}
