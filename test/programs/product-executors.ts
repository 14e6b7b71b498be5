/** The executors as the app puts them together, on the test's own tracker and with one fix for its own remediation. */
import { Registry } from "prom-client";
import type { Remediation } from "../../remediations/remediation.ts";
import { systemClock } from "../../src/clock.ts";
import { questionExecutor, runExecutor } from "../../src/healing/executors.ts";
import type { Fix } from "../../src/healing/fix.ts";
import { healingMetrics } from "../../src/healing/metrics.ts";
import { rollLedger } from "../../src/healing/roll-ledger.ts";
import { runLedger } from "../../src/healing/run-ledger.ts";
import { Runner } from "../../src/healing/runner.ts";
import { type IncidentExecutor, timerExecutor } from "../../src/incidents/executor.ts";
import type { RecordOptions } from "../../src/incidents/record-events.ts";
import type { Store } from "../../src/store/store.ts";
import { ticketExecutor } from "../../src/tickets/executor.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { createTicketing, type TicketingOptions } from "../../src/tickets/ticketing.ts";
import { doNothing, orderKeyOf } from "./executors.ts";
import { silent } from "./store.ts";

const fixName = "restart-svc";

/** Every wait is `ms` long, and every incident calls for the one fix. */
export function recordingFor(
  ms: number,
  settings: Partial<RecordOptions["settings"]> = {},
): RecordOptions {
  const waits = { resolveAfterMs: ms, reopenDurationMs: ms, healthAfterMs: ms };
  return {
    clock: systemClock,
    orderKeyOf,
    settings: { ...waits, fixesFor: () => [fixName], ...settings },
  };
}

export interface Outside {
  readonly ticketing: Pick<TicketingOptions, "tracker"> & Partial<TicketingOptions>;
  readonly remediation: Remediation;
  readonly fix: Pick<Fix, "cooldownMs" | "budgets" | "concurrency">;
  /** How long until the model is asked about a run. */
  readonly modelAfterMs: number;
  readonly restoredAtMs?: number | undefined;
}

/** Tickets on the test's own tracker. */
export function productTickets(
  ticketing: Outside["ticketing"],
  restoredAtMs: () => number | undefined = () => undefined,
): IncidentExecutor {
  const created = createTicketing({
    clock: systemClock,
    logger: silent,
    metrics: ticketsMetrics(new Registry()),
    context: { priorities: { P0: undefined, P1: undefined, P2: undefined } },
    ...ticketing,
  });
  return ticketExecutor({ ticketing: created, restoredAtMs });
}

/** No incident is settled: a quiet time is not what these tests are about. */
export function productExecutors(store: Store, outside: Outside): readonly IncidentExecutor[] {
  const restoredAtMs = (): number | undefined => outside.restoredAtMs;
  const fix: Fix = {
    name: fixName,
    when: { features: ["credit_score"] },
    remediation: "restart-container",
    tier: "auto",
    mode: "auto",
    ...outside.fix,
  };
  const runner = new Runner({
    fixes: [{ fix, remediation: outside.remediation }],
    ledger: runLedger(store, systemClock),
    rolls: rollLedger(store, systemClock),
    clock: systemClock,
    logger: silent,
    metrics: healingMetrics(new Registry(), async () => []),
    restoredAtMs,
  });
  const verify = { minAttributions: 3, giveUpCadences: 6, modelAfterMs: outside.modelAfterMs };
  return [
    productTickets(outside.ticketing, restoredAtMs),
    runExecutor(runner),
    questionExecutor(verify, async () => undefined),
    { ...timerExecutor, handlers: { "incident.settle": doNothing } },
  ];
}
