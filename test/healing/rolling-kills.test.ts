/** Runs on replicas whose process is killed at any step, and random histories of health. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { SimulatedEngine } from "../../src/sandbox/docker.ts";
import { type Behaviour, back, crashing, rollingPlace, unhealthy } from "./rolling-place.ts";

const fix = { healthyWithinMs: 10_000 };

/** Steps of a run that nobody kills. */
async function pointsOf(replicas?: Readonly<Record<string, Behaviour>>): Promise<number> {
  const place = rollingPlace({ fix, ...(replicas && { replicas }) });
  await place.untilOver();
  return place.points();
}

async function states(engine: SimulatedEngine): Promise<readonly string[]> {
  const all = await engine.list(["com.docker.compose.service=api"]);
  return all.map(({ name, state }) => `${name} ${state}`);
}

const allRunning = ["api-1 running", "api-2 running", "api-3 running"];

describe.each(["all", "stopped"] as const)(
  "a process that is killed at any step of a run, its restart half done: %s",
  (halfDone) => {
    it("leaves nothing stopped, restarts nothing twice, and the run ends in a recorded state", async () => {
      const points = await pointsOf();
      expect(points).toBeGreaterThan(20);
      for (let killAt = 1; killAt <= points; killAt += 1) {
        const place = rollingPlace({ fix, killAt, halfDone });
        const run = await place.untilOver();
        const at = `killed at step ${killAt}`;
        expect([at, await states(place.engine)]).toEqual([at, allRunning]);
        expect([at, new Set(place.restarts()).size]).toEqual([at, place.restarts().length]);
        expect([at, ["acted", "failed"].includes(run.status)]).toEqual([at, true]);
        const left = run.replicas.filter(({ status }) => /^(planned|acting|acted)$/.test(status));
        expect([at, left]).toEqual([at, []]);
      }
    });

    it("leaves the third untouched when the second does not come back", async () => {
      const replicas = { "api-1": back, "api-2": unhealthy, "api-3": back };
      const points = await pointsOf(replicas);
      for (let killAt = 1; killAt <= points; killAt += 1) {
        const place = rollingPlace({ fix, replicas, killAt, halfDone });
        const run = await place.untilOver();
        const third = run.replicas[2]?.status;
        expect([killAt, third, place.restarts().includes("api-3")]).toEqual([
          killAt,
          "untouched",
          false,
        ]);
      }
    });
  },
);

/** Health that changes at drawn times. */
const flapping = (seconds: readonly number[]): Behaviour => {
  return (sinceMs) => {
    const changes = seconds.filter((at) => at * 1000 <= sinceMs).length;
    return { state: "running", health: changes % 2 === 0 ? "starting" : "healthy" };
  };
};

const behaviours = fc.oneof(
  fc.constant(back),
  fc.constant(unhealthy),
  fc.constant(crashing),
  fc.uniqueArray(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }).map(flapping),
);

const healths = fc.constantFrom("healthy", "unhealthy", "starting", "none");

describe("a random history of health", () => {
  test.prop(
    [
      fc.array(fc.tuple(behaviours, healths), { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 0, max: 3 }),
      fc.record({
        killAt: fc.integer({ min: 1, max: 120 }),
        halfDone: fc.constantFrom("all" as const, "stopped" as const),
      }),
    ],
    { numRuns: 120 },
  )(
    "never takes two down at once, never goes below the floor, and never restarts a replica twice",
    async (drawn, healthyFloor, killed) => {
      const names = drawn.map((_, n) => `api-${n + 1}`);
      const wrong: string[] = [];
      const begun: string[] = [];
      const onRestart = async (name: string, engine: SimulatedEngine): Promise<void> => {
        if (begun.includes(name)) wrong.push(`${name} twice`);
        const before = [...begun];
        begun.push(name);
        const healthy = await shownHealth(engine, names);
        const others = names.filter((other) => other !== name && !healthy.has(other));
        if (names.length - 1 - others.length < healthyFloor) wrong.push(`${name} below floor`);
        if (others.some((other) => before.includes(other) || healthy.has(name)))
          wrong.push(`${name} beside ${others.join(", ")}`);
      };
      const place = rollingPlace({
        replicas: Object.fromEntries(drawn.map(([behaviour], n) => [`api-${n + 1}`, behaviour])),
        before: Object.fromEntries(drawn.map(([, health], n) => [`api-${n + 1}`, { health }])),
        fix: { healthyFloor, healthyWithinMs: 60_000 },
        ...killed,
        onRestart,
      });
      await place.untilOver();
      expect(wrong).toEqual([]);
    },
  );
});

async function shownHealth(
  engine: SimulatedEngine,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const listed = await engine.list(["com.docker.compose.service=api"]);
  const seen = await Promise.all(listed.map(({ id }) => engine.inspect(id)));
  const healthy = seen.filter(
    (one) => one?.state === "running" && ["healthy", "none"].includes(one.health),
  );
  return new Set(names.filter((name) => healthy.some((one) => one?.name === name)));
}
