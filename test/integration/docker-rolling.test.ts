/** Runs on replicas, on a real engine and a real store. What happened is read from the engine. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import type { Engine } from "../../remediations/docker/engine.ts";
import { watchEvents } from "../../src/sandbox/docker-api.ts";
import type { ContainerSpec, DockerEngine } from "../../src/sandbox/dockerd.ts";
import { verifyJournal } from "../../src/store/journal/verify.ts";
import { wrongRow } from "../../src/store/journal/verify-rows.ts";
import { attemptsSince } from "../../src/store/runs/budget.ts";
import type { Store } from "../../src/store/store.ts";
import { dying, type Process } from "../healing/dying.ts";
import { dockerTestable, startTestDocker } from "../programs/docker.ts";
import { eventually } from "../programs/eventually.ts";
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

let real: DockerEngine;
let engine: Engine;

describe.skipIf(!(await dockerTestable()))("replicas on a real engine (B16, B17, B18)", () => {
  const stores = withStore();
  let store: Store;
  beforeAll(async () => {
    real = await startTestDocker();
    engine = openDocker({ socket: real.socket });
    store = await stores.open();
  });
  afterAll(() => real.stop());

  it("three that ignore the polite signal are restarted one by one, each an attempt, all sealed", async () => {
    const health = { cmd: "true", intervalMs: 100 };
    await service({ real, engine }, "plain", three({ cmd: ["sh", "-c", stubborn], health }));
    const run = await rolling(store, "plain", { acting: engine }).untilOver();
    expect(run).toMatchObject({
      status: "acted",
      detail: "Restarted 3 of 3 replicas of plain, one by one.",
    });
    await eventually(() =>
      expect(namesRestarted(real, "plain")).toEqual(["plain-1", "plain-2", "plain-3"]),
    );
    const attempts = await attemptsSince(store, 0);
    expect(attempts.filter(({ fix }) => fix === "plain")).toHaveLength(3);
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
    expect(await wrongRow(store)).toBeUndefined();
  });

  it.each<[string, Omit<ContainerSpec, "name">, RegExp]>([
    [
      "stays unhealthy",
      {
        cmd: afterRestart("true"),
        health: { cmd: "test $(wc -l < /starts) -lt 2", intervalMs: 100 },
      },
      /^Restarted 2 of 3 replicas of stays, one by one\. stays-2 did not come back healthy within 1s: it is (unhealthy|starting)\. stays-3 was not touched\.$/,
    ],
    [
      "runs out of memory",
      {
        cmd: afterRestart("exec tail /dev/zero"),
        health: { cmd: "test $(wc -l < /starts) -lt 2", intervalMs: 100 },
        create: { HostConfig: { Memory: 12 * 1024 * 1024, MemorySwap: 12 * 1024 * 1024 } },
      },
      / runs-2 (did not come back|was restarted and did not stay up).*: it is .* runs-3 was not touched\.$/,
    ],
  ])("a second one that %s leaves the third untouched", async (what, second, detail) => {
    const [app = ""] = what.split(" ");
    const [, , third = ""] = await service({ real, engine }, app, [{}, second, {}]);
    const before = await engine.inspect(third);
    const run = await rolling(store, app, {
      fix: { healthyWithinMs: 1000 },
      acting: engine,
    }).untilOver();
    expect(run).toMatchObject({ status: "acted", outcome: "failed" });
    expect(run.detail).toMatch(detail);
    expect(run.replicas[2]?.status).toBe("untouched");
    expect((await engine.inspect(third))?.startedAt).toBe(before?.startedAt);
  });

  it("nothing is done when one is paused, is removed at its end, or lends its network", async () => {
    const [first = ""] = await service({ real, engine }, "mixed", [{}, {}]);
    const NetworkMode = "container:mixed-2";
    const borrower = await real.run({ name: "borrower", create: { HostConfig: { NetworkMode } } });
    expect(await gateOf(store, "lends")).toContain(
      "dependants: What is done to mixed-2 would cut off borrower (lives in its network).",
    );
    await real.remove(borrower);
    await real.api(`POST /containers/${first}/pause`);
    expect(await gateOf(store, "paused")).toContain("refused: mixed-1 is paused");
    await real.api(`POST /containers/${first}/unpause`);
    const create = { HostConfig: { AutoRemove: true } };
    await real.run({ name: "mixed-3", labels: { app: "mixed" }, create });
    expect(await gateOf(store, "removed")).toContain(
      "refused: mixed-3 would be removed by its engine",
    );
    expect(namesRestarted(real, "mixed")).toEqual([]);
  });

  it("a process that is killed at any step leaves nothing stopped, and restarts nothing twice", async () => {
    const undisturbed = dying(undefined);
    await service({ real, engine }, "points", [{}, {}]);
    await rolling(store, "points", { process: undisturbed, acting: engine }).untilOver();
    // The decision, and all steps of the first replica and of the beginning of the second: the rest repeats them.
    const points = Math.ceil(undisturbed.points() / 2) + 1;
    expect(points).toBeGreaterThan(7);
    await Promise.all(
      Array.from({ length: points }, async (_, n) => {
        const app = `killed${n + 1}`;
        const ids = await service({ real, engine }, app, [{}, {}]);
        const process = dying(n + 1);
        const run = await rolling(store, app, { process, acting: halfDone(process) }).untilOver();
        expect([app, await states(engine, ids)]).toEqual([app, ["running", "running"]]);
        expect([app, statuses(run).filter((status) => /^(planned|act)/.test(status))]).toEqual([
          app,
          [],
        ]);
        const twice = namesRestarted(real, app).length - new Set(namesRestarted(real, app)).size;
        expect([app, twice]).toEqual([app, 0]);
      }),
    );
  });

  it("an engine that dies in the middle and comes back finds the run going on, and nothing stopped", async () => {
    const ids = await service({ real, engine }, "engine", three({ cmd: ["sh", "-c", stubborn] }));
    const second = ids[1] ?? "";
    const killed = new Promise<void>((resolve, reject) => {
      const filters = { container: [second], event: ["kill"] };
      watchEvents(real.socket, filters, () => resolve()).catch(reject);
    });
    const over = rolling(store, "engine", { acting: engine }).untilOver();
    await killed;
    await real.kill();
    await real.restart();
    const run = await over;
    expect(await states(engine, ids)).toEqual(["running", "running", "running"]);
    expect(statuses(run)[0]).toBe("back");
    expect(statuses(run).filter((status) => /^(planned|act)/.test(status))).toEqual([]);
    expect(namesRestarted(real, "engine-1")).toHaveLength(1);
  });
});

async function gateOf(store: Store, name: string): Promise<string> {
  const { gate, detail } = await rolling(store, "mixed", {
    fix: { name },
    acting: engine,
  }).untilOver();
  return `${gate}: ${detail}`;
}

/** A process that dies in the middle of a restart leaves the container stopped, as engines 23.0 to 24.0.6 do. */
function halfDone(process: Process): Engine {
  return {
    ...engine,
    restart: async (id, how) => {
      if (process.isLast()) return process.dies();
      if (process.isLast()) {
        await real.api(`POST /containers/${id}/stop?t=1`);
        return process.dies();
      }
      await engine.restart(id, how);
      return process.isLast() ? process.dies() : undefined;
    },
  };
}
