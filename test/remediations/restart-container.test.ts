import { describe, expect, it } from "vitest";
import { DockerError } from "../../remediations/docker/errors.ts";
import type { Remediation, Target } from "../../remediations/remediation.ts";
import { restartContainer } from "../../remediations/restart-container.ts";
import {
  type SimulatedContainer,
  type SimulatedEngine,
  simulatedEngine,
} from "../../src/sandbox/docker.ts";
import { remediationContract } from "../contracts/remediation.ts";
import { type SteppingClock, steppingClock } from "./stepping-clock.ts";

const service: SimulatedContainer = { name: "svc-1", labels: { app: "my-service" } };

interface Scene {
  readonly clock: SteppingClock;
  readonly engine: SimulatedEngine;
  readonly remediation: Remediation;
}

function scene(
  containers: readonly SimulatedContainer[] = [service],
  target: object = { label: "app=my-service" },
): Scene {
  const clock = steppingClock();
  const engine = simulatedEngine({ containers, clock });
  const config = restartContainer.config.parse({ target });
  return { clock, engine, remediation: restartContainer.create(config, { docker: engine, clock }) };
}

async function onlyTarget(remediation: Remediation): Promise<Target> {
  const [target, ...more] = await remediation.resolve();
  if (target === undefined || more.length > 0) throw new Error("expected exactly one target");
  return target;
}

const lost = (maybeApplied: boolean): DockerError =>
  new DockerError("DW_DOCKER_UNREACHABLE", "the answer got lost", { maybeApplied });

remediationContract(restartContainer, {
  config: { target: { label: "app=my-service" } },
  scene: () => {
    const { engine, remediation } = scene();
    const error = new Error("broken");
    return {
      remediation,
      acts: () => engine.ledger.length,
      fail: (what) => {
        if (what === "look") engine.failNext("inspect", { error });
        else if (what === "act") engine.failNext("restart", { error });
        else engine.inspect = () => Promise.reject(error);
      },
    };
  },
});

describe("which containers it finds", () => {
  it("finds what carries the label, and nothing else", async () => {
    const { remediation } = scene([
      service,
      { name: "other", labels: { app: "my-service-2" } },
      { name: "bare", labels: {} },
    ]);
    expect(await onlyTarget(remediation)).toMatchObject({ name: "svc-1", refusal: undefined });
  });

  it("finds a compose service, narrowed by its project", async () => {
    const both = ["shop", "blog"].map((project) => ({
      name: `${project}-api-1`,
      labels: { "com.docker.compose.service": "api", "com.docker.compose.project": project },
    }));
    const wide = scene(both, { compose_service: "api" });
    expect((await wide.remediation.resolve()).map(({ name }) => name)).toEqual([
      "shop-api-1",
      "blog-api-1",
    ]);
    const narrow = scene(both, { compose_service: "api", compose_project: "blog" });
    expect(await onlyTarget(narrow.remediation)).toMatchObject({ name: "blog-api-1" });
  });

  it("prefers the living to the stopped leftovers of an earlier deployment", async () => {
    const { remediation } = scene([
      { ...service, name: "old", shown: { state: "exited" } },
      service,
    ]);
    expect(await onlyTarget(remediation)).toMatchObject({ name: "svc-1" });
  });

  it("names why a target must not be touched", async () => {
    const { remediation } = scene([{ ...service, image: "postgres:16" }]);
    expect((await onlyTarget(remediation)).refusal).toContain("keeps data");
  });

  it("throws when the engine cannot be asked", async () => {
    const { remediation, engine } = scene();
    engine.failNext("list", { error: lost(false) });
    await expect(remediation.resolve()).rejects.toThrow("the answer got lost");
  });
});

describe("compare and act", () => {
  it("restarts once and reports the new started-at", async () => {
    const { remediation, engine, clock } = scene();
    const target = await onlyTarget(remediation);
    clock.advance(60_000);
    const result = await remediation.act(target);
    expect(result).toMatchObject({
      status: "done",
      after: { started_at: "2026-03-01T12:01:00.000Z" },
    });
    expect(engine.ledger.map(({ verb, name }) => [verb, name])).toEqual([["restart", "svc-1"]]);
  });

  it.each([
    ["another started-at", { startedAt: "2026-03-01T12:00:30Z" }],
    ["another image", { imageId: "sha256:new" }],
    ["a state that forbids it", { state: "paused" }],
    ["nothing left", undefined],
  ])("does nothing when the inspection shows %s", async (_what, shown) => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    engine.change("svc-1", shown);
    expect((await remediation.act(target)).status).toBe("changed");
    expect(engine.ledger).toEqual([]);
  });

  it("does nothing to a target whose snapshot is not complete", async () => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    expect((await remediation.act({ ...target, snapshot: {} })).status).toBe("changed");
    expect(engine.ledger).toEqual([]);
  });

  it("does nothing a second time with the target of the first", async () => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    await remediation.act(target);
    expect((await remediation.act(target)).status).toBe("changed");
    expect(engine.ledger).toHaveLength(1);
  });

  it("says that it changed when the container vanishes between inspection and restart", async () => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    engine.failNext("restart", { error: new DockerError("DW_DOCKER_GONE", "no such container") });
    expect((await remediation.act(target)).status).toBe("changed");
  });
});

describe("answers that get lost", () => {
  it("is failed when nothing was sent", async () => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    engine.failNext("restart", { error: lost(false) });
    expect((await remediation.act(target)).status).toBe("failed");
    engine.failNext("inspect", { error: lost(false) });
    expect((await remediation.act(target)).status).toBe("failed");
  });

  it("is done when the restart took effect all the same", async () => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    engine.failNext("restart", { error: lost(true), effect: "all" });
    expect((await remediation.act(target)).status).toBe("done");
    expect(engine.ledger).toHaveLength(1);
  });

  it("stays unknown, and is never repeated, when nothing shows that it took effect", async () => {
    const { remediation, engine, clock } = scene();
    const target = await onlyTarget(remediation);
    const before = clock.now();
    engine.failNext("restart", { error: lost(true) });
    expect((await remediation.act(target)).status).toBe("unknown");
    expect(clock.now() - before).toBeGreaterThanOrEqual(20_000);
    expect(engine.ledger).toEqual([]);
  });

  it("starts, once, what the interrupted restart left stopped", async () => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    engine.failNext("restart", { error: lost(true), effect: "stopped" });
    expect((await remediation.act(target)).status).toBe("done");
    expect(engine.ledger.map(({ verb }) => verb)).toEqual(["start"]);
  });

  it("starts what the engine left stopped though it called the restart done", async () => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    engine.restart = async () => engine.change("svc-1", { state: "exited" });
    expect((await remediation.act(target)).status).toBe("done");
    expect(engine.ledger.map(({ verb }) => verb)).toEqual(["start"]);
  });

  it.each([
    ["ended", { state: "exited" }],
    ["is restarted by its engine again and again", { state: "restarting" }],
  ])("is failed when the container was restarted and %s at once", async (_what, then) => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    engine.restart = async () =>
      engine.change("svc-1", { startedAt: "2026-03-01T12:05:00Z", ...then });
    expect(await remediation.act(target)).toEqual({
      status: "failed",
      detail: `svc-1 was restarted and did not stay up: it is ${then.state}, started 2026-03-01T12:05:00Z.`,
    });
    expect(engine.ledger).toEqual([]);
  });

  it.each([
    ["ended", { state: "exited" }],
    ["was started anew", { startedAt: "2026-03-01T12:05:01Z" }],
  ])("is failed when the restarted container %s within the next look", async (_what, then) => {
    const { remediation, engine, clock } = scene();
    const target = await onlyTarget(remediation);
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (ms) => {
      await sleep(ms);
      engine.change("svc-1", then);
    };
    expect((await remediation.act(target)).status).toBe("failed");
    expect(engine.ledger.map(({ verb }) => verb)).toEqual(["restart"]);
  });

  it("is failed when the engine called the restart done and started-at says otherwise", async () => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    engine.restart = async () => undefined;
    expect((await remediation.act(target)).status).toBe("failed");
  });

  it("is unknown when the restart was answered and the engine then fell silent", async () => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    engine.restart = async () => {
      engine.inspect = () => Promise.reject(lost(false));
    };
    expect((await remediation.act(target)).status).toBe("unknown");
  });
});

describe("looking up a run whose outcome is unknown", () => {
  it("reads started-at: done when it changed, failed when it did not", async () => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    expect(await remediation.lookUp(target)).toMatchObject({
      status: "failed",
      detail: expect.stringContaining("did not take effect"),
    });
    await engine.restart(target.id, { graceSeconds: 0 });
    expect((await remediation.lookUp(target)).status).toBe("done");
    expect(engine.ledger).toHaveLength(1);
  });

  it("is failed when the container is gone, unknown when the engine cannot be asked", async () => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    engine.change("svc-1", undefined);
    expect((await remediation.lookUp(target)).status).toBe("failed");
    engine.inspect = () => Promise.reject(lost(false));
    expect((await remediation.lookUp(target)).status).toBe("unknown");
  });

  it("waits for a restart that the engine has not finished, and leaves what is stopped alone", async () => {
    const { remediation, engine, clock } = scene();
    const target = await onlyTarget(remediation);
    engine.change("svc-1", { state: "exited" });
    expect((await remediation.lookUp(target)).status).toBe("failed");
    const endsAtMs = clock.now() + 12_000;
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (ms) => {
      await sleep(ms);
      if (clock.now() >= endsAtMs)
        engine.change("svc-1", { state: "running", startedAt: "2026-03-01T12:05:00Z" });
    };
    expect((await remediation.lookUp(target)).status).toBe("done");
    expect(engine.ledger).toEqual([]);
  });
});

describe("health", () => {
  it.each([
    [{ state: "running", health: "none" }, "healthy"],
    [{ state: "running", health: "healthy" }, "healthy"],
    [{ state: "running", health: "starting" }, "starting"],
    [{ state: "running", health: "unhealthy" }, "unhealthy"],
    [{ state: "restarting", health: "none" }, "unhealthy"],
    [{ state: "exited", health: "none" }, "stopped"],
    [undefined, "gone"],
  ] as const)("%o is %s", async (shown, expected) => {
    const { remediation, engine } = scene();
    const target = await onlyTarget(remediation);
    engine.change("svc-1", shown);
    expect(await remediation.health(target)).toBe(expected);
  });
});
