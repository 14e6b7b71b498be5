import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startExecutorProcess } from "../../src/sandbox/executor-process.ts";

it("an executor that does not start is an error with its last lines", async () => {
  const folder = mkdtempSync(join(tmpdir(), "driftwarden-executor-process-"));
  const ends = "console.error('no such thing'); process.exitCode = 78";
  const program = [process.execPath, "--eval", ends, "--"];
  try {
    await expect(
      startExecutorProcess({ program, folder, engine: "/nowhere/docker.sock", allow: [] }),
    ).rejects.toMatchObject({
      code: "DW_SANDBOX_EXECUTOR_FAILED",
      message: expect.stringContaining("no such thing"),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
