/** An executor whose files are replaced while it runs, as an upgrade of the package does. */
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openExecutor } from "../../remediations/docker/executor/executor-engine.ts";
import { startExecutorProcess } from "../../src/sandbox/executor-process.ts";
import { startDockerDouble } from "../chaos/docker-double.ts";

const root = new URL("../..", import.meta.url).pathname;

/** The built program in a folder of its own, whose dependencies can be taken away one by one. */
async function installedIn(folder: string): Promise<void> {
  await cp(join(root, "dist"), join(folder, "dist"), { recursive: true });
  await cp(join(root, "package.json"), join(folder, "package.json"));
  await mkdir(join(folder, "node_modules"));
  for (const name of await readdir(join(root, "node_modules")))
    await symlink(join(root, "node_modules", name), join(folder, "node_modules", name));
}

it("#18: an executor asks the engine although the files of its client are gone since its start", async () => {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-executor-upgraded-"));
  await installedIn(folder);
  const engine = join(folder, "engine.sock");
  const double = await startDockerDouble(engine, ["web"]);
  const program = [process.execPath, join(folder, "dist/src/main.js")];
  const executor = await startExecutorProcess({ program, folder, engine, allow: ["app=web"] });
  try {
    await rm(join(folder, "node_modules/dockerode"));
    const { api } = await openExecutor({ socket: executor.socket }).version();
    expect(api).toBe("v1.45");
  } finally {
    await executor.stop();
    await double.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
