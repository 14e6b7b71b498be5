/** What an executor does at its start with the acts that an earlier process left open. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../../remediations/docker/engine.ts";
import { settleMs } from "../../remediations/docker/settled-restart.ts";
import { ActLog } from "../../src/executor/act-log.ts";
import { startExecutor } from "../../src/executor/executor.ts";
import type { ExecutorLimits } from "../../src/executor/limits.ts";
import { Restarts } from "../../src/executor/restarts.ts";
import { type SimulatedEngine, simulatedEngine } from "../../src/sandbox/docker.ts";
import { type FakeClocks, fakeClocks } from "../fakes/permit.ts";
import { eventually } from "../programs/eventually.ts";

const limits: ExecutorLimits = {
  allow: [{ labels: ["app=my-service"], verbs: ["restart"], allowStateful: false }],
  all: [{ acts: 1000, windowMs: 3_600_000 }],
  perContainer: [{ acts: 1000, windowMs: 3_600_000 }],
};
const logger = pino({ level: "silent" });
const keepMs = 86_400_000;
let folder: string;
let clocks: FakeClocks;
let real: SimulatedEngine;
let svc: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "driftwarden-acts-"));
  clocks = fakeClocks();
  const clock = { now: () => clocks.read().wallMs, at: (ms: number) => ms, sleep: async () => {} };
  const containers = [{ name: "svc", labels: { app: "my-service" } }];
  real = simulatedEngine({ containers, clock, clocks: clocks.read });
  svc = (await real.list(["app=my-service"]))[0]?.id ?? "";
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const openLog = (): Promise<ActLog> =>
  ActLog.open({ folder, keepMs, clocks: clocks.read, boot: "b" });

/** An executor begins these acts on the container, and is killed. @param graces of each act, seconds */
async function leaveOpen(graces: readonly number[]): Promise<void> {
  const { startedAt = "" } = (await real.inspect(svc)) ?? {};
  const acts = await openLog();
  for (const [place, graceSeconds] of graces.entries())
    await acts.begin({ effect: `e${place}`, container: svc, name: "svc", startedAt, graceSeconds });
  await acts.close();
}

describe("two acts on one container that were left open", () => {
  it("are finished one after the other, and nothing else restarts the container meanwhile", async () => {
    await leaveOpen([0, 60]);
    const sleeping: (() => void)[] = [];
    const sleep = (): Promise<void> => new Promise((resolve) => void sleeping.push(resolve));
    const acts = await openLog();
    const options = { engine: real, limits, acts, clock: { sleep }, clocks: clocks.read, logger };
    const restarts = new Restarts(options);
    const finishing = restarts.finishOpen();
    const statuses = (): readonly string[] => acts.aged().map(({ status }) => status);
    const wake = (): void => {
      for (const resolve of sleeping.splice(0)) resolve();
    };
    await eventually(async () => expect(sleeping).not.toEqual([]));
    clocks.pass(settleMs + 1000);
    wake();
    await eventually(async () => expect(statuses()).toEqual(["unknown", "open"]));
    const permit = { ...clocks.permit(2_500), effect: "e3" };
    const asked = restarts.restart({ container: svc, graceSeconds: 1 }, permit);
    await expect(asked).rejects.toMatchObject({ code: "DW_DOCKER_CONFLICT" });
    expect(real.ledger).toEqual([]);
    await eventually(async () => expect(sleeping).not.toEqual([]));
    clocks.pass(60_000 + settleMs + 1000);
    wake();
    await finishing;
    expect(statuses()).toEqual(["unknown", "unknown"]);
    await acts.close();
  });
});

describe("an executor that cannot listen", () => {
  it("touches no container that an earlier process left stopped", async () => {
    await leaveOpen([1]);
    real.change("svc", {
      state: "exited",
      finishedAt: new Date(clocks.read().wallMs).toISOString(),
    });
    const socket = join(folder, "executor.sock");
    const living = createServer((connection) => connection.destroy());
    await new Promise<void>((resolve) => void living.listen(socket, resolve));
    let asked = 0;
    const engine: Engine = {
      ...real,
      inspect: (id) => {
        asked += 1;
        return real.inspect(id);
      },
    };
    const peer = process.geteuid?.() ?? 0;
    const clock = { sleep: () => turn(undefined) };
    const starting = startExecutor(
      { socket, peer, stateFolder: folder, limits, engine },
      { logger, program: "0", boot: "b", clocks: clocks.read, clock },
    );
    await expect(starting).rejects.toMatchObject({ code: "DW_EXECUTOR_LISTENING" });
    for (let turns = 0; turns < 20; turns += 1) await turn();
    expect([asked, real.ledger]).toEqual([0, []]);
    await new Promise((resolve) => living.close(resolve));
  });
});
