/** Runs on the replicas of a service: one by one, and what ends them. */
import { describe, expect, it } from "vitest";
import { back, crashing, rollingPlace, unhealthy } from "./rolling-place.ts";

const statuses = (run: { readonly replicas: readonly { readonly status: string }[] }) =>
  run.replicas.map(({ status }) => status);

describe("a rolling restart (B16, B17, B18)", () => {
  it("restarts the replicas one by one, each healthy before the next", async () => {
    const place = rollingPlace();
    const run = await place.untilOver();
    expect(run).toMatchObject({
      status: "acted",
      targetName: "api",
      detail: "Restarted 3 of 3 replicas of api, one by one.",
      outcome: null,
    });
    expect(statuses(run)).toEqual(["back", "back", "back"]);
    expect(place.restarts()).toEqual(["api-1", "api-2", "api-3"]);
    const [first, second] = run.replicas;
    expect(second?.begunAtMs).toBeGreaterThanOrEqual(first?.finishedAtMs ?? 0);
  });

  it("stops at the first that does not come back, and leaves the third untouched", async () => {
    const place = rollingPlace({ replicas: { "api-1": back, "api-2": unhealthy, "api-3": back } });
    const run = await place.untilOver();
    expect(run).toMatchObject({
      status: "acted",
      outcome: "failed",
      detail:
        "Restarted 2 of 3 replicas of api, one by one. api-2 did not come back healthy within 5m: it is unhealthy. api-3 was not touched.",
    });
    expect(statuses(run)).toEqual(["back", "not_back", "untouched"]);
    expect(place.restarts()).toEqual(["api-1", "api-2"]);
  });

  it("stops at once when a replica ends right after its restart", async () => {
    const place = rollingPlace({ replicas: { "api-1": crashing, "api-2": back, "api-3": back } });
    const run = await place.untilOver();
    expect(run.status).toBe("failed");
    expect(run.detail).toMatch(
      /^Restarted 0 of 3 replicas of api, one by one\. api-1 was restarted and did not stay up: it is exited, .*\. api-2 and api-3 were not touched\.$/,
    );
  });

  it("restarts what is not healthy first, so that nothing healthy is taken down beside it", async () => {
    const place = rollingPlace({ before: { "api-3": { health: "unhealthy" } } });
    expect((await place.untilOver()).status).toBe("acted");
    expect(place.restarts()).toEqual(["api-3", "api-1", "api-2"]);
  });

  it("stops when a replica that was back falls ill again", async () => {
    const place = rollingPlace({
      replicas: {
        "api-1": (ms) => ({ health: ms < 8000 && ms >= 2000 ? "healthy" : "unhealthy" }),
        "api-2": (ms) => ({ health: ms < 30_000 ? "starting" : "healthy" }),
        "api-3": back,
      },
    });
    const run = await place.untilOver();
    expect(run.detail).toBe(
      "Restarted 2 of 3 replicas of api, one by one. api-1 did not stay healthy. api-3 was not touched.",
    );
    expect(run.outcome).toBe("failed");
  });

  it("stops when a replica was made anew since the decision", async () => {
    const place = rollingPlace({
      onRestart: (name, engine) => {
        if (name === "api-1") engine.change("api-2", { startedAt: "2026-03-01T12:00:09Z" });
      },
    });
    const run = await place.untilOver();
    expect(run.detail).toContain("started_at of api-2 was");
    expect(statuses(run)).toEqual(["back", "failed", "untouched"]);
  });

  it("stops when a person freezes it in between", async () => {
    const place = rollingPlace();
    await place.step();
    const untilMs = place.clock.now() + 3_600_000;
    place.ledger.said = {
      freezes: [
        {
          id: "f",
          name: "black friday",
          reason: "sale",
          by: "sarah",
          atMs: 0,
          declaredAtMs: 0,
          untilMs,
          matchers: {},
          endedAtMs: null,
          endedBy: null,
        },
      ],
      silence: null,
    };
    const run = await place.untilOver();
    expect(run.detail).toMatch(
      /^Restarted 1 of 3 replicas of api, one by one\. The freeze "black friday" by sarah \(sale\) forbids runs until .* UTC\. api-2 and api-3 were not touched\.$/,
    );
  });

  it("counts each replica by what became of it", async () => {
    const place = rollingPlace({ replicas: { "api-1": back, "api-2": unhealthy, "api-3": back } });
    await place.untilOver();
    const text = await place.registry.getSingleMetricAsString(
      "driftwarden_replicas_finished_total",
    );
    expect(text).toContain('{fix="restart-api",outcome="back"} 1');
    expect(text).toContain('{fix="restart-api",outcome="not_back"} 1');
    expect(text).toContain('{fix="restart-api",outcome="untouched"} 1');
  });
});

describe("what a run on replicas needs before the first (B17)", () => {
  it("is room in the budget for all of them: each replica is an attempt", async () => {
    const place = rollingPlace({
      fix: { budgets: [{ scope: "fix", runs: 2, windowMs: 3_600_000 }] },
    });
    expect(await place.untilOver()).toMatchObject({
      status: "denied",
      gate: "budget",
      retryAtMs: null,
      detail:
        "0 of 2 attempts within 1h are used, and 3 replicas need 3: restart-api is allowed no more than 2.",
    });
    expect(place.restarts()).toEqual([]);
  });

  it("is that the healthy floor holds without the one whose turn it is", async () => {
    const ill = { "api-2": { health: "unhealthy" }, "api-3": { health: "unhealthy" } } as const;
    const denied = await rollingPlace({ before: ill, fix: { healthyFloor: 2 } }).untilOver();
    expect(denied).toMatchObject({ status: "denied", gate: "healthy_floor" });
    expect((await rollingPlace({ fix: { healthyFloor: 2 } }).untilOver()).status).toBe("acted");
  });
});

describe("a full restart (B16)", () => {
  const wish = { command: "c1", by: "sarah", full: true } as const;

  it("is what a person asked for in so many words: a proposal that says so", async () => {
    const run = await rollingPlace({ wish }).untilOver();
    expect(run.status).toBe("proposed");
    expect(run.proposal?.does).toBe(
      "stops each of the 3 replicas of api (within 10 s) and starts it again, all at once",
    );
    expect(run.proposal?.act.parameters["replicas"]).toBe("all at once");
  });

  it("is never below the healthy floor", async () => {
    const run = await rollingPlace({ wish, fix: { healthyFloor: 1 } }).untilOver();
    expect(run).toMatchObject({ status: "denied", gate: "healthy_floor" });
    expect(run.detail).toContain("Without api its service would have 0 of 0 other containers");
  });
});

describe("an interrupted run that an older program wrote", () => {
  it("has no replicas, and is looked up as one target", async () => {
    const place = rollingPlace({ killAt: 3 });
    await place.step();
    const { id, ...run } = place.run();
    expect(run.status).toBe("acting");
    place.ledger.runs.set(id, { id, ...run, replicas: [] });
    expect(await place.untilOver()).toMatchObject({
      status: "failed",
      detail: expect.stringContaining("The restart of api-1 did not take effect"),
    });
    expect(place.restarts()).toEqual([]);
  });
});
