/** A copy of a running Postgres, in a folder from which a standby starts. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import type { TestPostgres } from "./postgres.ts";

/** Kills the server, copies its data and starts it again. @returns the folder, gone after the test */
export async function standbyFolder({ server }: TestPostgres): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-standby-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await server.kill();
  // With its owner, since Postgres does not run as root.
  await promisify(execFile)("cp", ["-a", `${server.dataDir}/.`, folder]);
  await rm(join(folder, "postmaster.pid"), { force: true });
  await writeFile(join(folder, "standby.signal"), "");
  await server.restart();
  return folder;
}
