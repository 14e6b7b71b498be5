/** Lets the remediation act on the target that was decided, and records how the act ended. */
import type { Logger } from "pino";
import type { ActResult, Remediation, Target } from "../../remediations/remediation.ts";
import type { Clock } from "../clock.ts";
import type { RunSummary } from "../incidents/incident.ts";
import type { Attempt } from "../outbox/executor.ts";
import type { Run } from "../store/runs/run.ts";
import type { HealingMetrics } from "./metrics.ts";
import { type RunLedger, toRunSummary } from "./run-ledger.ts";

/** Where the end of an act is recorded, counted and logged. */
export interface Recording {
  readonly ledger: RunLedger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: HealingMetrics;
}

interface Act {
  readonly run: Run;
  readonly target: Target;
  readonly remediation: Remediation;
}

/** @throws what the attempt's `mayAct` throws; then nothing was done and nothing is recorded */
export async function act(
  { run, target, remediation }: Act,
  attempt: Attempt,
  recording: Recording,
): Promise<RunSummary> {
  const result = await remediation.act(target, attempt.mayAct);
  return recordResult(run, result, recording);
}

/** @returns the run as it is stored now; if another process recorded an end first, that end stays */
export async function recordResult(
  run: Run,
  result: ActResult,
  { ledger, clock, logger, metrics }: Recording,
): Promise<RunSummary> {
  const nowMs = clock.now();
  const status = statusOf[result.status];
  const change = { status, detail: result.detail, actedAtMs: nowMs, finishedAtMs: nowMs };
  const became =
    result.status === "done"
      ? { after: result.after }
      : { outcome: status === "unknown" ? ("unknown" as const) : ("failed" as const) };
  const finished = await ledger.finish(run.id, { ...change, ...became });
  metrics.finished.inc({ fix: run.fix, outcome: status });
  logger.info({ run: run.id, fix: run.fix, status }, "run finished");
  return toRunSummary(finished ?? { ...run, ...change });
}

const statusOf = {
  done: "acted",
  changed: "failed",
  failed: "failed",
  unknown: "unknown",
} as const;
