/** Handles a run that was tried before. It looks up the outcome and never repeats the act. */
import type { ActResult, Remediation } from "../../remediations/remediation.ts";
import type { RunSummary } from "../incidents/incident.ts";
import type { Run } from "../store/runs/run.ts";
import { type Recording, recordResult } from "./act.ts";
import { targetOf, toRunSummary } from "./run-ledger.ts";

/** The result of a request for a run. */
export interface Started {
  /** The run as it is stored; undefined when its fix is off or no longer configured, and no proposal waits. */
  readonly run: RunSummary | undefined;
  /** Whether the engine answered. */
  readonly contacted: boolean;
  /** What the run waits for, if it continues after a pause. Left out: it does not wait. */
  readonly waits?: { readonly for: string; readonly askAgainInMs: number };
}

/**
 * Looks up the outcome of a run that is still `acting`: its process died or lost the answer. Returns any other run as
 * it is stored.
 *
 * @param remediation of its fix; undefined when the fix is no longer configured
 */
export async function reconcile(
  run: Run,
  remediation: Remediation | undefined,
  recording: Recording,
): Promise<Started> {
  const target = targetOf(run);
  if (run.status !== "acting" || target === undefined) {
    return { run: toRunSummary(run), contacted: false };
  }
  recording.logger.warn({ run: run.id, fix: run.fix }, "looking up a run with unknown outcome");
  const contacted = remediation !== undefined;
  // The act on one target begins in the call that decides. So what the act left stopped is recognised by that time.
  const result = contacted
    ? await remediation.lookUp(target, run.decidedAtMs)
    : noLongerConfigured(run);
  return { run: await recordResult(run, result, recording), contacted };
}

/** A run whose fix is off or no longer configured is not decided. Its proposal, if one waits, becomes void. */
export async function noLongerAsked(
  run: Run | undefined,
  { ledger, clock }: Recording,
): Promise<Started> {
  if (run?.status !== "proposed") return { run: undefined, contacted: false };
  const detail = `${run.fix} is switched off, or no longer configured.`;
  const change = { status: "void", detail, finishedAtMs: clock.now(), from: "proposed" } as const;
  const ended = await ledger.finish(run.id, change);
  return { run: ended && toRunSummary(ended), contacted: false };
}

function noLongerConfigured({ fix }: Run): ActResult {
  const detail = `${fix} is no longer configured, so nobody can look up whether it took effect.`;
  return { status: "unknown", detail };
}
