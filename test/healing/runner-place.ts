/** A runner on doubles: its clock, its ledger, and what it did. */

import { pino } from "pino";
import { Registry } from "prom-client";
import type { ActResult, Remediation, Target } from "../../remediations/remediation.ts";
import type { Fix } from "../../src/healing/fix.ts";
import { healingMetrics } from "../../src/healing/metrics.ts";
import type { Started } from "../../src/healing/reconcile.ts";
import { Runner } from "../../src/healing/runner.ts";
import type { RunSummary } from "../../src/incidents/incident.ts";
import type { Attempt } from "../../src/outbox/executor.ts";
import { type FakeClock, fakeClock } from "../fakes/clock.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";
import { type MemoryLedger, memoryLedger } from "../fakes/memory-ledger.ts";
import { goodPermit } from "../fakes/permit.ts";

export const minute = 60_000;
/** A later attempt, after one whose outcome nobody heard. */
export const again: Partial<Attempt> = { attempt: 2, unknown: true };

export const target: Target = {
  id: "a".repeat(64),
  name: "my-service-1",
  host: "box",
  snapshot: { image_id: "sha256:1", started_at: "2026-01-01T00:00:00Z" },
  refusal: undefined,
};

const fix: Fix = {
  name: "restart-svc",
  when: { features: ["credit_score"] },
  remediation: "restart-container",
  tier: "auto",
  mode: "auto",
  cooldownMs: 30 * minute,
  ...atMost(3, 1440 * minute),
};

interface Changes {
  readonly fix?: Partial<Fix>;
  readonly remediation?: Partial<Remediation>;
  readonly restoredAtMs?: number;
}

interface RunnerPlace {
  readonly acts: readonly Target[];
  readonly ask: (episode: string, attempt?: Partial<Attempt>) => Promise<Started>;
  readonly clock: FakeClock;
  readonly ledger: MemoryLedger;
  readonly start: (episode: string, attempt?: Partial<Attempt>) => Promise<RunSummary | undefined>;
  readonly runner: Runner;
}

export function setUp(changes: Changes = {}): RunnerPlace {
  const acts: Target[] = [];
  const clock = fakeClock();
  const ledger = memoryLedger();
  const done: ActResult = { status: "done", detail: "restarted", after: { started_at: "later" } };
  const remediation: Remediation = {
    resolve: async () => [target],
    act: async (given, mayAct) => {
      await mayAct?.();
      acts.push(given);
      return done;
    },
    plan: () => ({ does: "restarts it", parameters: {} }),
    lookUp: async () => done,
    health: async () => "healthy",
    ...changes.remediation,
  };
  const runner = new Runner({
    fixes: [{ fix: { ...fix, ...changes.fix }, remediation }],
    ledger,
    clock,
    logger: pino({ level: "silent" }),
    metrics: healingMetrics(new Registry(), async () => []),
    restoredAtMs: () => changes.restoredAtMs,
  });
  /** Time of each episode's newest row: when it was first asked for. */
  const rows = new Map<string, number>();
  const ask = (episode: string, attempt: Partial<Attempt> = {}) => {
    const newestRow = rows.get(episode) ?? clock.now() * 1000;
    rows.set(episode, newestRow);
    return runner.start(
      { fix: "restart-svc", episode },
      openIncident({ id: `inc-${episode}`, episode: episodeOpened({ id: episode, newestRow }) }),
      {
        id: `x:${episode}`,
        attempt: 1,
        unknown: false,
        mayAct: goodPermit,
        ...attempt,
      },
    );
  };
  const start = async (episode: string, attempt: Partial<Attempt> = {}) =>
    (await ask(episode, attempt)).run;
  return { acts, ask, clock, ledger, start, runner };
}
