/** Denials that pass (FR-H1): the same run is decided anew, and acts once its reason is gone. */

import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import type { Target } from "../../remediations/remediation.ts";
import type { Fix } from "../../src/healing/fix.ts";
import { healingMetrics } from "../../src/healing/metrics.ts";
import { Runner } from "../../src/healing/runner.ts";
import type { RunSummary } from "../../src/incidents/incident.ts";
import { fakeClock } from "../fakes/clock.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";
import { memoryLedger } from "../fakes/memory-ledger.ts";
import { goodPermit } from "../fakes/permit.ts";

const minute = 60_000;
const one: Target = {
  id: "a".repeat(64),
  name: "svc",
  host: "box",
  snapshot: {},
  refusal: undefined,
};

function setUp(limits: Partial<Fix> = {}) {
  const clock = fakeClock();
  const world = { targets: [one] as readonly Target[] | Error, acts: 0 };
  const fix: Fix = {
    name: "restart-svc",
    when: { features: ["credit_score"] },
    remediation: "restart-container",
    tier: "auto",
    mode: "auto",
    cooldownMs: 30 * minute,
    ...atMost(3, 1440 * minute),
    ...limits,
  };
  const runner = new Runner({
    fixes: [
      {
        fix,
        remediation: {
          resolve: async () => {
            if (world.targets instanceof Error) throw world.targets;
            return world.targets;
          },
          act: async () => {
            world.acts += 1;
            return { status: "done", detail: "restarted", after: {} };
          },
          plan: () => ({ does: "restarts it", parameters: {} }),
          lookUp: async () => ({ status: "unknown", detail: "nobody looks" }),
          health: async () => "healthy",
        },
      },
    ],
    ledger: memoryLedger(),
    clock,
    logger: pino({ level: "silent" }),
    metrics: healingMetrics(new Registry(), async () => []),
    restoredAtMs: () => undefined,
  });
  const openedAt = clock.now() * 1000;
  const start = async (episode: string, attempt = 1): Promise<RunSummary | undefined> => {
    const opened = episodeOpened({ id: episode, at: openedAt, newestRow: openedAt });
    const request = { fix: fix.name, episode, newestRowMs: clock.now() };
    const given = { id: episode, attempt, unknown: false, mayAct: goodPermit };
    return (
      await runner.start(request, openIncident({ id: `inc-${opened.id}`, episode: opened }), given)
    ).run;
  };
  return { clock, start, world };
}

describe("a run that is denied for now", () => {
  it("by the cooldown says when it is over, and acts then", async () => {
    const { clock, start, world } = setUp();
    await start("before");
    const endMs = clock.now();
    await clock.advance(29 * minute);
    const denied = await start("e1");
    expect(denied).toMatchObject({ status: "denied", gate: "cooldown" });
    expect(denied?.retryAtMs).toBe(endMs + 30 * minute);
    await clock.advance(minute);
    expect(await start("e1")).toMatchObject({ id: denied?.id, status: "acted" });
    expect(world.acts).toBe(2);
  });

  it("by the budget says when it is free again, and acts then", async () => {
    const { clock, start } = setUp({ cooldownMs: 0, ...atMost(1, 60 * minute) });
    const firstMs = clock.now();
    await start("before");
    const denied = await start("e1");
    expect(denied).toMatchObject({ gate: "budget", retryAtMs: firstMs + 60 * minute + 1 });
    await clock.advance(60 * minute);
    expect(await start("e1")).toMatchObject({ status: "denied", gate: "budget" });
    await clock.advance(1);
    expect((await start("e1"))?.status).toBe("acted");
  });

  it.each([
    ["a second container has the label for a minute", [one, { ...one, id: "b" }]],
    ["no container has the label for a minute", []],
    ["the engine's socket is gone for a minute", new Error("no socket")],
  ])("because %s acts once that is over", async (_why, targets) => {
    const { clock, start, world } = setUp();
    world.targets = targets;
    const denied = await start("e1", 4);
    expect(denied).toMatchObject({ status: "denied", gate: "target" });
    expect(denied?.retryAtMs).toBe(clock.now() + minute);
    await clock.advance(minute);
    world.targets = [one];
    expect(await start("e1")).toMatchObject({ id: denied?.id, status: "acted" });
    expect(world.acts).toBe(1);
  });

  it("is asked for ever more seldom while nobody knows how long it lasts, at least every half hour", async () => {
    const { clock, start, world } = setUp();
    world.targets = [];
    const pauses: number[] = [];
    for (const ageMinutes of [0, 10, 30, 300]) {
      await clock.advance(ageMinutes * minute - (clock.now() - fakeClock().now()));
      pauses.push(((await start("e1"))?.retryAtMs ?? 0) - clock.now());
    }
    expect(pauses).toEqual([minute, 5 * minute, 15 * minute, 30 * minute]);
  });
});

describe("a run that is denied for good", () => {
  it.each([
    ["refused", setUp, { targets: [{ ...one, refusal: "svc is a database" }] }],
    ["tier", () => setUp({ tier: "approval" }), { targets: [one] }],
  ] as const)("by %s is not decided anew", async (gate, scene, { targets }) => {
    const { start, world } = scene();
    world.targets = targets;
    const denied = await start("e1");
    expect(denied).toMatchObject({ status: "denied", gate });
    expect(denied?.retryAtMs).toBeUndefined();
    world.targets = [one];
    expect(await start("e1")).toEqual(denied);
    expect(world.acts).toBe(0);
  });

  it("has no budget at all", async () => {
    const { start } = setUp(atMost(0, minute));
    expect((await start("e1"))?.retryAtMs).toBeUndefined();
  });
});
