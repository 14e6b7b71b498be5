/**
 * Runs on replicas through an executor that is a process of its own, on a real engine and a real store. It is killed at
 * every step of a restart, which the engine's events show. Each change tries some of the steps, the night all of them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../remediations/docker/engine.ts";
import { openExecutor } from "../../remediations/docker/executor/executor-engine.ts";
import { watchEvents } from "../../src/sandbox/docker-api.ts";
import type { DockerEngine } from "../../src/sandbox/dockerd.ts";
import { type ExecutorProcess, startExecutorProcess } from "../../src/sandbox/executor-process.ts";
import { verifyJournal } from "../../src/store/journal/verify.ts";
import type { Run } from "../../src/store/runs/run.ts";
import type { Store } from "../../src/store/store.ts";
import { dying, type Process } from "../healing/dying.ts";
import { dockerTestable, startTestDocker } from "../programs/docker.ts";
import { eventually } from "../programs/eventually.ts";
import { tried } from "../programs/nightly.ts";
import { withStore } from "../programs/store.ts";
import {
  afterRestart,
  namesRestarted,
  rolling,
  service,
  states,
  statuses,
  stubborn,
  three,
} from "./rolls.ts";

const program = new URL("../../dist/src/main.js", import.meta.url).pathname;
const running = ["running", "running", "running"];
let real: DockerEngine;
let folder: string;
let executor: ExecutorProcess;
let engine: Engine;

/** Resolves when the engine tells this of the container. */
function told(container: string | undefined, event: string): Promise<void> {
  const filters = { container: [container], event: [event] };
  return new Promise((resolve, reject) => {
    watchEvents(real.socket, filters, () => resolve()).catch(reject);
  });
}

// "kill": the engine begins to stop it. "die": it is stopped. "start": it runs again. "restart": the answer comes.
const kills = ["kill", "die", "start", "restart"].flatMap((event) =>
  [1, 2].map((n) => [event, n] as const),
);
/** Before the stop, while it is stopped, and after the start; in the first replica and in the second. */
const changesTry = ["kill2", "die1", "start2"];

/** Nothing is left open, and nothing was restarted twice. */
async function expectOnce(run: Run, app: string): Promise<void> {
  expect([app, statuses(run).filter((status) => /^(planned|act)/.test(status))]).toEqual([app, []]);
  const restarted = namesRestarted(real, `${app}-`);
  expect([app, restarted.toSorted()]).toEqual([app, [...new Set(restarted)].toSorted()]);
}

describe.skipIf(!(await dockerTestable()))(
  "replicas through an executor before a real engine (B16, B17, B18)",
  () => {
    const stores = withStore();
    let store: Store;
    beforeAll(async () => {
      real = await startTestDocker();
      folder = mkdtempSync(join(tmpdir(), "driftwarden-executor-rolling-"));
      executor = await startExecutorProcess({
        program: [process.execPath, program],
        folder,
        engine: real.socket,
        allow: ["role=web"],
        limits: { max_acts: "1000 per 1h", max_acts_per_container: "1000 per 1h" },
      });
      engine = openExecutor({ socket: executor.socket });
      store = await stores.open();
    });
    afterAll(async () => {
      await executor.stop();
      await real.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it("three that ignore the polite signal are restarted one by one", async () => {
      const health = { cmd: "true", intervalMs: 100 };
      await service({ real, engine }, "plain", three({ cmd: ["sh", "-c", stubborn], health }));
      const run = await rolling(store, "plain", { acting: engine }).untilOver();
      expect(run.detail).toBe("Restarted 3 of 3 replicas of plain, one by one.");
      expect(statuses(run)).toEqual(["back", "back", "back"]);
      await eventually(() =>
        expect(namesRestarted(real, "plain")).toEqual(["plain-1", "plain-2", "plain-3"]),
      );
      expect(await verifyJournal(store)).toMatchObject({ ok: true });
    });

    it("a second one that stays unhealthy leaves the third untouched", async () => {
      const second = {
        cmd: afterRestart("true"),
        health: { cmd: "test $(wc -l < /starts) -lt 2", intervalMs: 100 },
      };
      const [, , third = ""] = await service({ real, engine }, "stays", [{}, second, {}]);
      const before = await engine.inspect(third);
      const fix = { healthyWithinMs: 1000 };
      const run = await rolling(store, "stays", { fix, acting: engine }).untilOver();
      expect(run).toMatchObject({ status: "acted", outcome: "failed" });
      expect(statuses(run)).toEqual(["back", "not_back", "untouched"]);
      expect((await engine.inspect(third))?.startedAt).toBe(before?.startedAt);
    });

    it.each(tried(kills, ([event, n]) => changesTry.includes(`${event}${n}`)))(
      "an executor that is killed at the engine's %s of replica %i leaves nothing stopped, and restarts nothing twice",
      async (event, n) => {
        const app = `${event}${n}`;
        const ids = await service({ real, engine }, app, three({ cmd: ["sh", "-c", stubborn] }));
        const seen = told(ids[n - 1], event);
        const over = rolling(store, app, { acting: engine }).untilOver();
        await seen;
        await executor.kill();
        await executor.start();
        const run = await over;
        await eventually(async () => expect(await states(engine, ids)).toEqual(running));
        await expectOnce(run, app);
        expect(statuses(run)).toEqual(["back", "back", "back"]);
      },
    );

    it("an executor that is away before the first restart makes the run wait", async () => {
      const ids = await service({ real, engine }, "away", three({}));
      await executor.kill();
      const over = rolling(store, "away", { acting: engine }).untilOver();
      await expect(engine.version()).rejects.toMatchObject({ code: "DW_EXECUTOR_UNREACHABLE" });
      await executor.start();
      const run = await over;
      expect(await states(engine, ids)).toEqual(running);
      await expectOnce(run, "away");
    });

    it("an engine that dies in the middle and comes back finds the run going on, and nothing stopped", async () => {
      const ids = await service({ real, engine }, "engine", three({ cmd: ["sh", "-c", stubborn] }));
      const seen = told(ids[1], "kill");
      const over = rolling(store, "engine", { acting: engine }).untilOver();
      await seen;
      await real.kill();
      await real.restart();
      const run = await over;
      await eventually(async () => expect(await states(engine, ids)).toEqual(running));
      await expectOnce(run, "engine");
      expect(statuses(run)[0]).toBe("back");
    });

    it("a daemon that is killed at any step leaves nothing stopped, and restarts nothing twice", async () => {
      const undisturbed = dying(undefined);
      await service({ real, engine }, "points", [{}, {}]);
      const acting = dyingIn(undisturbed);
      await rolling(store, "points", { process: undisturbed, acting }).untilOver();
      // The decision, and all steps of the first replica and of the beginning of the second: the rest repeats them.
      const points = Math.ceil(undisturbed.points() / 2) + 1;
      expect(points).toBeGreaterThan(7);
      const all = Array.from({ length: points }, (_, index) => index + 1);
      for (const n of tried(all, (_n, index) => index % 3 === 0)) {
        const app = `killed${n}`;
        const ids = await service({ real, engine }, app, [{}, {}]);
        const dies = dying(n);
        const run = await rolling(store, app, { process: dies, acting: dyingIn(dies) }).untilOver();
        expect([app, await states(engine, ids)]).toEqual([app, ["running", "running"]]);
        await expectOnce(run, app);
      }
    });
  },
);

/** The daemon dies before it asks the executor, or before it hears the answer. */
function dyingIn(process: Process): Engine {
  return { ...engine, restart: process.around((id, how) => engine.restart(id, how)) };
}
