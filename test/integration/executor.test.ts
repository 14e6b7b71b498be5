/** The executor as a process, between the daemon's code and a real engine. What happened is read from the engine. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Engine } from "../../remediations/docker/engine.ts";
import { openExecutor } from "../../remediations/docker/executor/executor-engine.ts";
import type { Remediation, Target } from "../../remediations/remediation.ts";
import { restartContainer } from "../../remediations/restart-container.ts";
import { systemClock } from "../../src/clock.ts";
import { laterBy, type MayAct, readClocks } from "../../src/permit.ts";
import { watchEvents } from "../../src/sandbox/docker-api.ts";
import type { DockerEngine } from "../../src/sandbox/dockerd.ts";
import { dockerTestable, startTestDocker } from "../programs/docker.ts";
import { eventually } from "../programs/eventually.ts";

const program = new URL("../../dist/src/main.js", import.meta.url).pathname;
const stubborn = ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"];
const shown = z.object({ State: z.object({ Status: z.string(), StartedAt: z.string() }) });

let real: DockerEngine;
let folder: string;
let engine: Engine;
let child: ChildProcess;

async function start(): Promise<void> {
  child = spawn(
    process.execPath,
    [program, "executor", "--config", join(folder, "executor.yaml")],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  await once(child.stderr!, "data");
}

async function kill(): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

const permitFor =
  (effect: string): MayAct =>
  async () => ({ effect, attempt: 1, ...laterBy(readClocks(), 2_500) });

function restarting(label: string): Remediation {
  const config = restartContainer.config.parse({ target: { label }, grace_seconds: 1 });
  return restartContainer.create(config, { docker: engine, clock: systemClock });
}

async function running(name: string, cmd?: readonly string[]): Promise<Target> {
  await real.run({ name, labels: { app: name, role: "web" }, ...(cmd && { cmd }) });
  const [target] = await restarting(`app=${name}`).resolve();
  if (target === undefined) throw new Error(`${name} does not resolve`);
  return target;
}

async function stateOf({ id }: Target): Promise<{ Status: string; StartedAt: string }> {
  return shown.parse(await real.api(`GET /containers/${id}/json`)).State;
}

/** Resolves when the engine begins to stop the container. */
function stopBegins({ id }: Target): Promise<void> {
  const filters = { container: [id], event: ["kill"] };
  return new Promise((resolve, reject) => {
    watchEvents(real.socket, filters, () => resolve()).catch(reject);
  });
}

const restartsOf = ({ id }: Target): number =>
  real.restarts.filter((restart) => restart.id === id).length;

describe.skipIf(!(await dockerTestable()))("an executor before a real engine", () => {
  beforeAll(async () => {
    real = await startTestDocker();
    folder = mkdtempSync(join(tmpdir(), "driftwarden-executor-"));
    const config = {
      socket: join(folder, "executor.sock"),
      peer: process.geteuid?.(),
      state: join(folder, "state"),
      docker: { socket: real.socket },
      allow: [{ label: "role=web" }],
    };
    writeFileSync(join(folder, "executor.yaml"), JSON.stringify(config));
    engine = openExecutor({ socket: config.socket });
    await start();
  });

  afterAll(async () => {
    child.kill("SIGKILL");
    await real.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("restarts a container that ignores the polite signal, once", async () => {
    const target = await running("stubborn", stubborn);
    const result = await restarting("app=stubborn").act(target, permitFor("e-stubborn"));
    expect(result.status).toBe("done");
    await engine.restart(target.id, { graceSeconds: 1, mayAct: permitFor("e-stubborn") });
    await eventually(() => expect(restartsOf(target)).toBe(1));
  });

  it("refuses what its limits leave out, before and in the act", async () => {
    const id = await real.run({ name: "outside", labels: { app: "outside" } });
    const [target] = await restarting("app=outside").resolve();
    expect(target?.refusal).toBe(
      "outside is not among the containers that the executor may act on.",
    );
    await expect(
      engine.restart(id, { graceSeconds: 0, mayAct: permitFor("e-outside") }),
    ).rejects.toMatchObject({ code: "DW_EXECUTOR_LIMIT" });
  });

  it("lets no other user connect", async () => {
    chmodSync(folder, 0o755);
    // The kernel checks in the turn in which the connection is asked for.
    process.seteuid?.(65_534);
    const asked = engine.version();
    process.seteuid?.(0);
    await expect(asked).rejects.toMatchObject({ code: "DW_EXECUTOR_FORBIDDEN" });
  });

  it("that is killed in the middle of a restart leaves nothing stopped, and acts once", async () => {
    const target = await running("killed", stubborn);
    const stopping = stopBegins(target);
    const acting = restarting("app=killed").act(target, permitFor("e-killed"));
    await stopping;
    await kill();
    await start();
    expect((await acting).status).toBe("done");
    const { Status: status, StartedAt: startedAt } = await stateOf(target);
    expect(status).toBe("running");
    await engine.restart(target.id, { graceSeconds: 1, mayAct: permitFor("e-killed") });
    expect((await stateOf(target)).StartedAt).toBe(startedAt);
  });

  it("leaves nothing stopped when the engine is killed in the middle of a restart", async () => {
    const target = await running("orphan", stubborn);
    const stopping = stopBegins(target);
    const acting = engine.restart(target.id, { graceSeconds: 1, mayAct: permitFor("e-orphan") });
    await stopping;
    await real.kill();
    await real.restart();
    await acting.catch(() => undefined);
    await eventually(async () => expect((await stateOf(target)).Status).toBe("running"));
  });
});
