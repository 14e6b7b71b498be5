/**
 * Acts on the replicas of a service, one step in each call. A run that waits between two steps occupies no process. Any
 * process can continue it from the stored rows.
 *
 *     look up what was begun ──► wait until it is back ──► choose the next ──► begin (stored) ──► act ──► record ─┐
 *            ▲                                                                                                    │
 *            └────────────────────────────────────────────────────────────────────────────────────────────────────┘
 *
 * # What holds at each step
 *
 * - The act on a replica begins once: the store records the beginning before the act, and refuses a second one.
 * - The next act begins when every earlier replica is healthy. An unhealthy replica is restarted before the healthy
 *   ones, so that no healthy one is taken down while it is away.
 * - A replica whose act was interrupted is looked up. If the act left it stopped, it is started.
 * - If one replica does not come back, the other ones are left untouched.
 */
import type { ActResult, Remediation, TargetHealth } from "../../remediations/remediation.ts";
import { describeError, isUnavailable } from "../errors.ts";
import type { Incident } from "../incidents/incident.ts";
import type { RunReplica } from "../incidents/run-replica.ts";
import type { Attempt } from "../outbox/executor.ts";
import type { ReplicaChange } from "../store/runs/replicas.ts";
import type { Run } from "../store/runs/run.ts";
import type { Recording } from "./act.ts";
import type { RunRequest } from "./decide-run.ts";
import type { Fix } from "./fix.ts";
import type { FactsAtHand } from "./gates/gate-facts.ts";
import { heldBetween, nextReplicas } from "./next-replica.ts";
import type { Started } from "./reconcile.ts";
import { endedRun, isStopped, targetOfReplica } from "./replicas.ts";
import type { RollLedger } from "./roll-ledger.ts";
import { toRunSummary } from "./run-ledger.ts";
import { comeBack } from "./target-health.ts";

/** A run on replicas, and what one step of it needs. */
export interface Roll {
  readonly run: Run;
  /** Undefined when the fix is no longer configured. */
  readonly configured: RollingFix | undefined;
  readonly request: RunRequest;
  readonly incident: Incident;
  readonly attempt: Attempt;
}

interface RollingFix {
  readonly fix: Fix;
  readonly remediation: Remediation;
  readonly facts: FactsAtHand;
}

export interface RollRecording extends Recording {
  readonly rolls: RollLedger;
}

export const isRolling = ({ status, replicas }: Run): boolean =>
  status === "acting" && replicas.length > 0;

/**
 * Continues the run until it ends or has to wait.
 *
 * @throws what `mayAct` throws, and the error of an unavailable engine
 */
export async function roll(given: Roll, recording: RollRecording): Promise<Started> {
  let step: RollStep = { run: given.run };
  while ("run" in step) step = await oneStep({ ...given, run: step.run }, recording);
  return step.started;
}

/** The run as the step has left it, or the end of this call. */
type RollStep = { readonly run: Run } | { readonly started: Started };

/** Pause before the health of a replica that is not back is read again, ms. */
const watchMs = 1000;
/** Pause before an act with an unknown result is looked up again, ms, and for how long this is repeated. */
const askMs = 5000;
const askForMs = 30 * 60_000;

async function oneStep(given: Roll, recording: RollRecording): Promise<RollStep> {
  const { run, configured } = given;
  const { replicas, fix } = run;
  if (configured === undefined) return end(given, recording, `${fix} is no longer configured.`);
  const doing = { ...given, configured, recording };
  const begun = replicas.filter(({ status }) => status === "acting");
  if (begun.length > 0) return lookUp(doing, begun);
  const watched = replicas.filter(({ status }) => status === "acted");
  if (watched.length > 0) return watch(doing, watched);
  const isDone = replicas.every(({ status }) => status !== "planned");
  if (isDone || isStopped(run)) return end(given, recording);
  if (configured.fix.mode === "off") return end(given, recording, `${fix} is switched off.`);
  return beginNext(doing);
}

interface Doing extends Roll {
  readonly configured: RollingFix;
  readonly recording: RollRecording;
}

/** Another process began these acts and did not record their ends, or the engine's answer got lost. */
async function lookUp(doing: Doing, begun: readonly RunReplica[]): Promise<RollStep> {
  const { remediation } = doing.configured;
  const nowMs = doing.recording.clock.now();
  const results = await Promise.all(
    begun.map(({ begunAtMs, ...replica }) =>
      remediation.lookUp(targetOfReplica({ begunAtMs, ...replica }), begunAtMs ?? nowMs),
    ),
  );
  const isPatient = begun.every(({ begunAtMs }) => nowMs - (begunAtMs ?? 0) < askForMs);
  return recordAll(doing, begun, isPatient ? results : results.map(givenUp));
}

/** A result. `isFinal`: it is unknown and is not looked up again. */
type Final = ActResult & { readonly isFinal?: true };

const givenUp = (result: ActResult): Final => ({ ...result, isFinal: true });

const endedAs = { done: "acted", changed: "failed", failed: "failed", unknown: "unknown" } as const;

/** Records the results of acts. An unknown result is looked up again after a pause. */
async function recordAll(
  doing: Doing,
  begun: readonly RunReplica[],
  results: readonly Final[],
): Promise<RollStep> {
  let run: Run | undefined = doing.run;
  let open: string | undefined;
  for (const [index, result] of results.entries()) {
    const replica = begun[index];
    if (replica === undefined) continue;
    if (result.status === "unknown" && result.isFinal !== true) open = result.detail;
    else
      run = await record(doing, replica, {
        from: "acting",
        status: endedAs[result.status],
        detail: result.detail,
        after: result.status === "done" ? result.after : undefined,
      });
  }
  if (open !== undefined) return pause(run ?? doing.run, { for: open, askAgainInMs: askMs }, false);
  return { run: run ?? doing.run };
}

function record(
  { run, recording }: Doing,
  { n }: RunReplica,
  change: Pick<ReplicaChange, "from" | "status" | "detail" | "after">,
): Promise<Run | undefined> {
  const finishedAtMs = recording.clock.now();
  return recording.rolls.record({ run: run.id, n, finishedAtMs, ...change });
}

/** Waits until the restarted replicas are healthy, and records those that do not come back. */
async function watch(doing: Doing, watched: readonly RunReplica[]): Promise<RollStep> {
  const { run, recording, configured } = doing;
  let now = run;
  for (const replica of watched) {
    const health = await healthOf(configured.remediation, replica);
    const sinceMs = recording.clock.now() - (replica.finishedAtMs ?? 0);
    const seen = comeBack(replica.targetName, health, {
      sinceMs,
      withinMs: configured.fix.healthyWithinMs ?? defaultWithinMs,
    });
    if (seen.status === "starting")
      return pause(now, { for: seen.detail, askAgainInMs: watchMs }, true);
    const status = seen.status === "healthy" ? "back" : "not_back";
    now = (await record(doing, replica, { from: "acted", status, detail: seen.detail })) ?? now;
  }
  return { run: now };
}

const defaultWithinMs = 5 * 60_000;

/**
 * The health of a replica. If the engine answers with an error, the replica counts as unhealthy.
 *
 * @throws the error of an unavailable engine
 */
async function healthOf(remediation: Remediation, replica: RunReplica): Promise<TargetHealth> {
  try {
    return await remediation.health(targetOfReplica(replica), replica.after ?? undefined);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    return "unhealthy";
  }
}

async function beginNext(doing: Doing): Promise<RollStep> {
  const { run, configured, incident, request, recording, attempt } = doing;
  const { fix, remediation, facts } = configured;
  const allAtOnce = request.wish?.full === true;
  const targets = await remediation.resolve().catch((error: unknown) => {
    if (isUnavailable(error)) throw error;
    return describeError(error);
  });
  if (typeof targets === "string") return end(doing, recording, targets);
  const turn = nextReplicas({ run, targets, fix, allAtOnce });
  if ("because" in turn) return end(doing, recording, turn.because);
  const { next } = turn;
  const atMs = recording.clock.now();
  const begun = await recording.rolls.begin({
    run,
    which: next.map(({ n }) => n),
    atMs,
    mayNot: (said) =>
      heldBetween({ facts: { ...facts, nowMs: atMs }, fix, incident, targets }, said),
  });
  if (begun.status === "held") return end(doing, recording, begun.because);
  if (begun.status === "taken")
    return pause(run, { for: "Another process goes on with it.", askAgainInMs: askMs }, true);
  return actOnAll(doing, next, attempt);
}

/** @throws what `mayAct` throws; the acts that this stopped are looked up later */
async function actOnAll(
  doing: Doing,
  next: readonly RunReplica[],
  { mayAct }: Attempt,
): Promise<RollStep> {
  const { remediation } = doing.configured;
  const acts = await Promise.allSettled(
    next.map((replica) => remediation.act(targetOfReplica(replica), mayAct)),
  );
  const ended = acts.flatMap((one, index) => {
    const replica = next[index];
    return one.status === "fulfilled" && replica ? [{ replica, result: one.value }] : [];
  });
  const step = await recordAll(
    doing,
    ended.map(({ replica }) => replica),
    ended.map(({ result }) => result),
  );
  const refused = acts.find((one) => one.status === "rejected");
  if (refused !== undefined) throw refused.reason;
  if (!("run" in step) || isStopped(step.run)) return step;
  const names = next.map(({ targetName }) => targetName).join(", ");
  return pause(step.run, { for: `Whether ${names} comes back.`, askAgainInMs: watchMs }, true);
}

function pause(run: Run, waits: NonNullable<Started["waits"]>, contacted: boolean): RollStep {
  return { started: { run: toRunSummary(run), contacted, waits } };
}

/** Records how the run ended. Replicas whose act did not begin are recorded as untouched. */
async function end(
  { run, configured, request }: Roll,
  { ledger, clock, logger, metrics }: RollRecording,
  because?: string,
): Promise<RollStep> {
  const [first] = run.replicas;
  const plan = first && configured?.remediation.plan(targetOfReplica(first));
  const allAtOnce = request.wish?.full === true;
  const ended = endedRun(run, { did: plan?.did ?? "Acted on", allAtOnce, because });
  const nowMs = clock.now();
  const after = run.replicas.find((one) => one.status === "back")?.after ?? null;
  const change = { ...ended, after, actedAtMs: nowMs, finishedAtMs: nowMs };
  const finished = (await ledger.finish(run.id, change)) ?? { ...run, ...change };
  const { fix } = run;
  metrics.finished.inc({ fix, outcome: finished.status });
  for (const { status } of finished.replicas) metrics.replicas.inc({ fix, outcome: status });
  logger.info({ run: run.id, fix, status: finished.status }, "run finished");
  return { started: { run: toRunSummary(finished), contacted: configured !== undefined } };
}
