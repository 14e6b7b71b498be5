import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, linkSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFolder } from "../../src/executor/state-folder.ts";

const locking = new URL("../../src/executor/state-folder.ts", import.meta.url).href;
/** A program that locks the folder that it is given, and stays. */
const holding = `import(${JSON.stringify(locking)})
  .then(({ lockFolder }) => lockFolder(process.argv[1]))
  .then(() => { console.log("held"); setInterval(() => {}, 60_000); });`;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "driftwarden-state-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the folder of an executor's state", () => {
  it("is made, and belongs to one executor at a time", async () => {
    const state = join(folder, "state");
    const first = await lockFolder(state);
    await expect(lockFolder(state)).rejects.toMatchObject({ code: "DW_EXECUTOR_LOCKED" });
    await first.free();
    await (await lockFolder(state)).free();
  });

  it("is free again when the process that used it was killed", async () => {
    const holder = spawn(process.execPath, ["--import", "tsx", "--eval", holding, folder]);
    await once(holder.stdout, "data");
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: "DW_EXECUTOR_LOCKED" });
    const ended = once(holder, "exit");
    holder.kill("SIGKILL");
    await ended;
    await (await lockFolder(folder)).free();
  });

  it("is never locked twice when several executors start at once after a crash", async () => {
    for (let round = 0; round < 20; round += 1) {
      const state = join(folder, `state-${round}`);
      const crashed = await lockFolder(state);
      for (const name of readdirSync(state)) {
        linkSync(join(state, name), join(folder, name));
        await crashed.free();
        renameSync(join(folder, name), join(state, name));
      }
      const starts = await Promise.allSettled([1, 2, 3].map(() => lockFolder(state)));
      const held = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
      expect(held.length).toBeLessThanOrEqual(1);
      const refused = starts.flatMap((start) =>
        start.status === "rejected" ? [start.reason] : [],
      );
      expect(refused.map(({ code }) => code)).toEqual(refused.map(() => "DW_EXECUTOR_LOCKED"));
      for (const one of held) await one.free();
      await (await lockFolder(state)).free();
      expect(readdirSync(state)).toEqual([]);
    }
  });

  it("with a path that is too long for a lock is an error that says so", async () => {
    const refused = lockFolder(join(folder, "x".repeat(100)));
    await expect(refused).rejects.toMatchObject({ code: "DW_EXECUTOR_STATE" });
    await expect(refused).rejects.toThrow("is too long for a lock");
  });

  it.each([
    ["nowhere/state", (at: string) => `Make ${join(at, "nowhere")} first`],
    ["/proc/driftwarden/state", () => "Make /proc/driftwarden first"],
    ["/proc/driftwarden", () => "Make /proc first"],
  ])("whose parent is not there is an error that says what to make: %s", async (path, hint) => {
    const at = path.startsWith("/") ? path : join(folder, path);
    await expect(lockFolder(at)).rejects.toMatchObject({
      code: "DW_EXECUTOR_STATE",
      hint: expect.stringContaining(hint(folder)),
    });
    expect(existsSync(at)).toBe(false);
  });
});
