import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import type { Target, TargetHealth } from "../../remediations/remediation.ts";
import { runExecutor } from "../../src/healing/executors.ts";
import { healingMetrics } from "../../src/healing/metrics.ts";
import { Runner } from "../../src/healing/runner.ts";
import { fakeClock } from "../fakes/clock.ts";
import { openIncident, serviceEpisode } from "../fakes/episodes.ts";
import { goodPermit } from "../fakes/permit.ts";
import { again, minute, setUp, target } from "./runner-place.ts";

const takenOver = () => Promise.reject(new Error("taken over"));

describe("a run", () => {
  it("a run acts once for one episode, however often it is asked to", async () => {
    const { acts, start } = setUp();
    const first = await start("e1");
    expect(first).toMatchObject({ status: "acted", target: "my-service-1" });
    expect(await start("e1", again)).toEqual(first);
    expect(acts).toEqual([target]);
  });

  it("is written down before it acts", async () => {
    const seen: (string | undefined)[] = [];
    const { ledger, start } = setUp({
      remediation: {
        act: async () => {
          seen.push([...ledger.runs.values()][0]?.status);
          return { status: "done", detail: "restarted", after: {} };
        },
      },
    });
    await start("e1");
    expect(seen).toEqual(["acting"]);
  });

  it("a run that died in the middle of the act is looked up and not done again", async () => {
    const crashed = setUp({ remediation: { act: () => Promise.reject(new Error("kill -9")) } });
    await expect(crashed.start("e1")).rejects.toThrow("kill -9");
    expect([...crashed.ledger.runs.values()][0]?.status).toBe("acting");
    const acted = await crashed.start("e1", again);
    expect(acted?.status).toBe("acted");
  });

  it("does not act once somebody else has taken it over, and leaves the record to them", async () => {
    const { acts, ledger, start } = setUp();
    await expect(start("e1", { mayAct: takenOver })).rejects.toThrow("taken over");
    expect(acts).toEqual([]);
    expect([...ledger.runs.values()][0]?.status).toBe("acting");
  });

  it("keeps the word of whoever looked it up while this process slept in the act", async () => {
    const scene = setUp({
      remediation: {
        act: async () => {
          const [id = ""] = scene.ledger.runs.keys();
          await scene.ledger.finish(id, { status: "acted", detail: "looked up" });
          return { status: "unknown", detail: "slept" };
        },
      },
    });
    expect(await scene.start("e1")).toMatchObject({ status: "acted", detail: "looked up" });
  });

  it("is none where its fix is no longer configured, and nobody was asked", async () => {
    const { runner } = setUp();
    const attempt = { id: "x", attempt: 1, unknown: false, mayAct: goodPermit };
    const request = { fix: "restart-other", episode: "e1" };
    expect(await runner.start(request, openIncident(), attempt)).toEqual({
      run: undefined,
      contacted: false,
    });
  });

  it("says as it ends what became of its target, and no outcome while that is open", async () => {
    const done = setUp();
    await done.start("e1");
    const [acted] = [...done.ledger.runs.values()];
    expect(acted).toMatchObject({ status: "acted", after: { started_at: "later" } });
    expect(acted?.outcome ?? null).toBeNull();
    const failing = setUp({
      remediation: { act: async () => ({ status: "failed", detail: "no" }) },
    });
    expect(await failing.start("e1")).toMatchObject({ status: "failed", outcome: "failed" });
  });

  it("is written down with the model that it is for, or the service", async () => {
    const { ledger, runner, start } = setUp();
    await start("e1");
    const service = serviceEpisode();
    const incident = openIncident({ episode: service, subject: service.service });
    const attempt = { id: "y", attempt: 1, unknown: false, mayAct: goodPermit };
    await runner.start({ fix: "restart-svc", episode: "s1" }, incident, attempt);
    const subjects = [...ledger.runs.values()].map(({ subject, model }) => [subject, model]);
    expect(subjects).toEqual([
      ["model\ndefault/production/main/churn-v7", "default/production/main/churn-v7"],
      ["service\ndefault/production//checkout", null],
    ]);
  });

  it("a run that has its end is neither looked up nor asked about again", async () => {
    const looked: Target[] = [];
    const scene = setUp({
      remediation: {
        lookUp: async (given) => {
          looked.push(given);
          return { status: "unknown", detail: "looked up" };
        },
      },
    });
    const first = await scene.start("e1");
    expect(await scene.ask("e1", again)).toEqual({ run: first, contacted: false });
    expect(looked).toEqual([]);
  });

  it("is reported as unknown when its fix is no longer configured", async () => {
    const scene = setUp({ remediation: { act: () => Promise.reject(new Error("kill -9")) } });
    await expect(scene.start("e1")).rejects.toThrow("kill -9");
    const without = new Runner({
      fixes: [],
      ledger: scene.ledger,
      clock: scene.clock,
      logger: pino({ level: "silent" }),
      metrics: healingMetrics(new Registry(), async () => []),
      restoredAtMs: () => undefined,
    });
    const attempt = { id: "x", attempt: 2, unknown: true, mayAct: goodPermit };
    const request = { fix: "restart-svc", episode: "e1" };
    expect((await without.start(request, openIncident(), attempt)).run).toMatchObject({
      status: "unknown",
      outcome: "unknown",
    });
  });

  it("only says what it would do in mode observe", async () => {
    const { acts, start } = setUp({ fix: { mode: "observe" } });
    expect(await start("e1")).toMatchObject({ status: "observed" });
    expect(acts).toEqual([]);
  });
});

describe("the gates of a run", () => {
  it("let three attempts through and refuse the fourth by budget, whatever became of them", async () => {
    const { acts, clock, start } = setUp({
      remediation: { act: async () => ({ status: "failed", detail: "no" }) },
    });
    const statuses: unknown[] = [];
    for (const episode of ["e1", "e2", "e3", "e4"]) {
      const run = await start(episode);
      statuses.push([run?.status, run?.gate]);
      await clock.advance(31 * minute);
    }
    expect(statuses).toEqual([
      ["failed", undefined],
      ["failed", undefined],
      ["failed", undefined],
      ["denied", "budget"],
    ]);
    expect(acts).toEqual([]);
  });

  it("refuse a run within the cooldown", async () => {
    const { start } = setUp();
    await start("e1");
    expect(await start("e2")).toMatchObject({ status: "denied", gate: "cooldown" });
  });

  it("say of a denial nothing but its reason where the target could be asked for", async () => {
    const none = setUp({ remediation: { resolve: async () => [] } });
    expect((await none.start("e1"))?.detail).toBe("The target of restart-svc matches nothing.");
  });

  it("leave a run without a target, whose health nobody can ask for", async () => {
    const none = setUp({ remediation: { resolve: async () => [] } });
    const denied = await none.start("e1");
    expect(await none.runner.health(denied?.id ?? "")).toBeUndefined();
  });

  it("refuse a run without a target", async () => {
    const none = setUp({ remediation: { resolve: async () => [] } });
    expect(await none.ask("e1")).toMatchObject({
      run: { status: "denied", gate: "target" },
      contacted: true,
    });
  });

  it("an engine that cannot be asked is no answer, and the run is denied for it after the fourth attempt", async () => {
    const down = setUp({ remediation: { resolve: () => Promise.reject(new Error("no socket")) } });
    for (const attempt of [1, 2, 3])
      await expect(down.start("e1", { attempt })).rejects.toThrow("no socket");
    expect(down.ledger.runs.size).toBe(0);
    const { run, contacted } = await down.ask("e1", { attempt: 4 });
    expect(run).toMatchObject({ status: "denied", gate: "target" });
    expect(run?.detail).toContain("no socket");
    expect(contacted).toBe(false);
  });

  it("are not asked for when the news is old, and say why they were not before", async () => {
    const down = setUp({ remediation: { resolve: () => Promise.reject(new Error("no socket")) } });
    await expect(down.start("e1", { attempt: 1 })).rejects.toThrow("no socket");
    await down.clock.advance(181 * minute);
    const { run, contacted } = await down.ask("e1", { attempt: 2, lastError: "no socket" });
    expect(run).toMatchObject({ status: "denied", gate: "fresh" });
    expect(run?.detail).toContain("no socket");
    expect(contacted).toBe(false);
  });

  it("refuse everything for as long as a restored store cannot know its budget, without asking the engine", async () => {
    const restoredAtMs = fakeClock().now() - minute;
    const { acts, ask } = setUp({ restoredAtMs });
    expect(await ask("e1")).toMatchObject({
      run: { status: "denied", gate: "restored" },
      contacted: false,
    });
    expect(acts).toEqual([]);
  });

  it("do not keep a run that a restored store left in the act from being looked up", async () => {
    const crashed = setUp({ remediation: { act: () => Promise.reject(new Error("kill -9")) } });
    await expect(crashed.start("e1")).rejects.toThrow("kill -9");
    const restored = setUp({ restoredAtMs: fakeClock().now() + minute });
    for (const [id, run] of crashed.ledger.runs) restored.ledger.runs.set(id, run);
    expect((await restored.start("e1", again))?.status).toBe("acted");
    expect(restored.acts).toEqual([]);
  });

  it("refuse what the refuse list names", async () => {
    const refusal = "my-db is a database";
    const { start } = setUp({ remediation: { resolve: async () => [{ ...target, refusal }] } });
    expect(await start("e1")).toMatchObject({ status: "denied", gate: "refused" });
  });
});

describe("the health of what a run acted on", () => {
  it.each(["healthy", "unhealthy", "gone"] as const)(
    "is healthy only when the target says so: %s",
    async (health) => {
      const { start, runner } = setUp({ remediation: { health: async () => health } });
      const run = await start("e1");
      expect(await runner.health(run?.id ?? "")).toEqual({
        status: health === "healthy" ? "healthy" : "unhealthy",
        detail: `my-service-1 is ${health}.`,
      });
      expect(await runner.health("unheard of")).toBeUndefined();
    },
  );

  it("FR-H3: is not known while the target starts, and not healthy when that never ends", async () => {
    const { clock, start, runner } = setUp({ remediation: { health: async () => "starting" } });
    const run = await start("e1");
    const starting = { status: "starting", detail: "my-service-1 is starting." };
    expect(await runner.health(run?.id ?? "")).toEqual(starting);
    await clock.advance(29 * minute);
    expect(await runner.health(run?.id ?? "")).toEqual(starting);
    await clock.advance(minute);
    expect(await runner.health(run?.id ?? "")).toEqual({
      status: "unhealthy",
      detail: "my-service-1 is still starting after 30 min.",
    });
  });

  it("FR-H3: is asked again while the target starts, and told once it is known", async () => {
    let health: TargetHealth = "starting";
    const { start, runner } = setUp({ remediation: { health: async () => health } });
    const run = (await start("e1"))?.id ?? "";
    const attempt = { id: "x", attempt: 1, unknown: false, mayAct: goodPermit };
    const check = () =>
      runExecutor(runner).handlers["run.check_health"](
        { kind: "run.check_health", run },
        openIncident(),
        attempt,
      );
    expect(await check()).toEqual({ notYet: "my-service-1 is starting.", askAgainInMs: 30_000 });
    health = "healthy";
    const told = { type: "health_checked", run, detail: "my-service-1 is healthy." };
    expect(await check()).toEqual([{ ...told, healthy: true }]);
  });
});

describe("FR-M1: an engine that takes long to answer", () => {
  it("starts no run when the news has become old meanwhile", async () => {
    const place = setUp({
      remediation: {
        resolve: async () => {
          await place.clock.advance(48 * 60 * minute);
          return [target];
        },
      },
    });
    expect(await place.start("e1")).toMatchObject({ status: "denied", gate: "fresh" });
    expect(place.acts).toEqual([]);
  });
});
