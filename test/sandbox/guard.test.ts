import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventually } from "../programs/eventually.ts";

const guard = new URL("../../src/sandbox/guard.ts", import.meta.url).href;

/** Starts a process that has a child and a folder, and a guard over both. */
const guarded = (folder: string): string => `
import { spawn } from "node:child_process";
import { startGuard } from ${JSON.stringify(guard)};
const child = spawn("sleep", ["600"]);
startGuard('kill -KILL "$0"; gone "$0"; rm -rf -- "$1"', [String(child.pid), ${JSON.stringify(folder)}]);
console.log("ready");
setInterval(() => undefined, 1000);`;

describe("a guard", () => {
  it.each(["SIGKILL", "SIGTERM"] as const)(
    "ends the child and removes the folder of a process that got a %s",
    async (signal) => {
      const folder = await mkdtemp(join(tmpdir(), "driftwarden-guard-"));
      const args = ["--import", "tsx", "--input-type=module", "--eval", guarded(folder)];
      const guardedProcess = spawn(process.execPath, args, {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(guardedProcess.stdout, "data");
      guardedProcess.kill(signal);
      await eventually(() => expect(existsSync(folder)).toBe(false));
    },
  );
});
