import { fc, test } from "@fast-check/vitest";
import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import type { Target } from "../../remediations/remediation.ts";
import type { EpisodeOpened } from "../../src/detection/event.ts";
import type { Budget } from "../../src/healing/budgets.ts";
import type { Fix } from "../../src/healing/fix.ts";
import type { GateFacts } from "../../src/healing/gates/gate-facts.ts";
import { gates, gatesWithoutTarget, judgeAll } from "../../src/healing/gates/gates.ts";
import { healingMetrics } from "../../src/healing/metrics.ts";
import { Runner } from "../../src/healing/runner.ts";
import { subjectOf } from "../../src/incidents/episode.ts";
import { simulateIncidents } from "../../src/replay/what-if.ts";
import { fakeClock } from "../fakes/clock.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";
import { attemptsAt } from "../fakes/limits.ts";
import { memoryLedger } from "../fakes/memory-ledger.ts";
import { goodPermit } from "../fakes/permit.ts";

const minute = 60_000;
const hour = 60 * minute;
const startMs = 1_760_000_000_000;

const target: Target = { id: "a", name: "svc-1", host: "box", snapshot: {}, refusal: undefined };

const budgets = fc.record({
  scope: fc.constantFrom("fix", "target", "host", "all"),
  runs: fc.integer({ min: 0, max: 3 }),
  windowMs: fc.constantFrom(4 * hour, 24 * hour),
}) satisfies fc.Arbitrary<Budget>;

const fixes = fc.record({
  name: fc.constant("restart"),
  when: fc.constant({ features: ["credit_score"] }),
  remediation: fc.constant("restart-container"),
  tier: fc.constantFrom("auto", "auto", "approval"),
  mode: fc.constantFrom("auto", "observe"),
  cooldownMs: fc.constantFrom(0, hour),
  budgets: fc.array(budgets, { minLength: 1, maxLength: 3 }),
  concurrency: fc.constant(1),
}) satisfies fc.Arbitrary<Fix>;

const warmUps = fc.constantFrom(undefined, undefined, "9/14", "provisional");
const ages = fc.constantFrom(0, minute, 2 * hour);

describe("what the what-if and the daemon say of the same facts", () => {
  const facts = fc.record({
    nowMs: fc.constant(startMs),
    fix: fixes,
    freeze: fc.constantFrom(undefined, undefined, { name: "release week" }),
    restoredAtMs: fc.constantFrom(undefined, undefined, startMs - hour, startMs - 100 * hour),
    newestRowMs: ages.map((age) => startMs - age),
    cadenceMs: fc.constantFrom(undefined, minute, hour),
    warmUp: warmUps,
    targets: fc.constant([target]),
    attempts: fc
      .array(fc.integer({ min: startMs - 30 * hour, max: startMs }), { maxLength: 4 })
      .map((times) => attemptsAt(times, { fix: "restart" })),
    lastAttemptEndMs: fc.constantFrom(undefined, startMs - minute, startMs - 2 * hour),
  }) satisfies fc.Arbitrary<GateFacts>;

  test.prop([facts])("is denied by the same gate, for the same reason", (given) => {
    expect(judgeAll(gatesWithoutTarget, given)).toEqual(judgeAll(gates, given));
  });

  it("leaves out only the gates that must see the target", () => {
    const asked = new Set<unknown>(gatesWithoutTarget);
    const leftOut = gates.filter((gate) => !asked.has(gate));
    expect(new Set(leftOut.map(({ needs }) => needs))).toEqual(new Set(["target"]));
  });
});

/** Each of another source, so that each opens an incident. */
const episodes = fc
  .array(
    fc.record({ afterMs: fc.integer({ min: 1, max: 3 * hour }), ageMs: ages, warmUp: warmUps }),
  )
  .map((steps) => {
    let atMs = startMs;
    return steps.map(({ afterMs, ageMs, warmUp }, n): EpisodeOpened => {
      atMs += afterMs;
      const newestRow = (atMs - ageMs) * 1000;
      const model = `default/production/s${n}/m`;
      return episodeOpened({ id: `e${n}`, model, at: atMs * 1000, newestRow, warmUp });
    });
  });

/** Runs as the daemon decides them, one for each episode. */
async function daemonStatuses(
  fix: Fix,
  opened: readonly EpisodeOpened[],
): Promise<readonly (string | undefined)[]> {
  const clock = fakeClock(startMs);
  const runner = new Runner({
    fixes: [
      {
        fix,
        remediation: {
          resolve: async () => [target],
          act: async () => ({ status: "done", detail: "restarted", after: {} }),
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
  const statuses: (string | undefined)[] = [];
  for (const episode of opened) {
    await clock.advance(episode.at / 1000 - clock.now());
    const incident = openIncident({
      id: `inc-${episode.id}`,
      subject: subjectOf(episode),
      episode,
    });
    const attempt = { id: episode.id, attempt: 1, unknown: false, mayAct: goodPermit };
    const request = { fix: fix.name, episode: episode.id };
    statuses.push((await runner.start(request, incident, attempt)).run?.status);
  }
  return statuses;
}

describe("a sequence of episodes", () => {
  test.prop([fixes, episodes], { numRuns: 60 })(
    "has the runs in the what-if that the daemon makes, when its targets are there",
    async (fix, opened) => {
      const statuses = await daemonStatuses(fix, opened);
      const count = (wanted: string): number => statuses.filter((each) => each === wanted).length;
      const options = { resolveAfterMs: hour, reopenDurationMs: hour, sinceMs: 0, fixes: [fix] };
      expect(simulateIncidents(opened, options)).toMatchObject({
        runs: count("acted"),
        observed: count("observed"),
        denied: count("denied"),
      });
    },
  );
});
