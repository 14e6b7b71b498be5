/** Answers the checks from the machine that this process runs on. It changes nothing on it. */
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readFile, stat, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { z } from "zod";
import type { Answering, Machine } from "./machine.ts";

const patienceMs = 5_000;

export function thisMachine(): Machine {
  return {
    nodeVersion: process.versions.node,
    uid: process.getuid?.() ?? -1,
    tmp: tmpdir(),
    output,
    text: (path) => readFile(path, "utf8").catch(() => undefined),
    entry: (path) =>
      stat(path).then(
        ({ uid, mode }) => ({ uid, mode: mode & 0o777 }),
        (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? "missing" : "hidden"),
      ),
    freeBytes: (path) =>
      statfs(path).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => undefined,
      ),
    mayWrite: (path) =>
      access(path, constants.W_OK).then(
        () => true,
        () => false,
      ),
    listenError,
    answeringAt,
  };
}

/** The output of programs is parsed, so it must not be translated. */
const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

function output(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: patienceMs, env }, (error, out) =>
      resolve(error === null ? out : undefined),
    );
  });
}

/**
 * Listens on any free port, never on the configured one, because a daemon may start and need that port at this moment.
 */
function listenError(host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(0, host, () => server.close(() => resolve(undefined)));
  });
}

const readiness = z.object({ ready: z.boolean(), parts: z.record(z.string(), z.unknown()) });

async function answeringAt(host: string, port: number): Promise<Answering> {
  const name = host.includes(":") ? `[${host}]` : host;
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const answer = await fetch(`http://${name}:${port}/-/ready`, { signal, redirect: "manual" });
    const body: unknown = await answer.json();
    return readiness.safeParse(body).success ? "driftwarden" : "another";
  } catch (error) {
    return isRefusal(error) ? "nobody" : "another";
  }
}

function isRefusal(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return code === "ECONNREFUSED" || code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT";
}
