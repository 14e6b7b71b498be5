/** Runs a fix for an episode: gather facts → decide → act → record. A run that was tried before is looked up. */
import type { Remediation, Target } from "../../remediations/remediation.ts";
import { describeError } from "../errors.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Attempt } from "../outbox/executor.ts";
import type { Tx } from "../store/query.ts";
import type { Run } from "../store/runs/run.ts";
import { act, type Recording } from "./act.ts";
import { longestWindowMs } from "./budgets.ts";
import { decideRun, type RequestedRun, type RunRequest, runId } from "./decide-run.ts";
import type { Fix } from "./fix.ts";
import type { HistoryFacts, TargetFacts } from "./gates/gate-facts.ts";
import { gatesBeforeTarget, judgeAll } from "./gates/gates.ts";
import { stormWindowMs } from "./gates/storm.ts";
import { type FixMoment, gatherFacts, gatherTargets, type HistoryFilter } from "./gather.ts";
import { defaultApproval } from "./proposing.ts";
import { noLongerAsked, reconcile, type Started } from "./reconcile.ts";
import { historyTargets } from "./replicas.ts";
import type { RollLedger } from "./roll-ledger.ts";
import { isRolling, type Roll, roll } from "./rolling.ts";
import { type Decided, mayDecideAnew, targetOf, targetsOf, toRunSummary } from "./run-ledger.ts";
import { healthOfAll, type JudgedHealth, judgeHealth } from "./target-health.ts";

export interface ConfiguredFix {
  readonly fix: Fix;
  readonly remediation: Remediation;
}

export interface RunnerOptions extends Recording {
  readonly fixes: readonly ConfiguredFix[];
  /** When the store was last restored from a backup, or may have been; ms since 1970. */
  readonly restoredAtMs: () => number | undefined;
  /** Names of some who may approve a run. Default: none are named. */
  readonly canAnswer?: readonly string[];
  /** Stores the replicas of runs. Left out: this process carries out no runs on replicas. */
  readonly rolls?: RollLedger;
}

/** What is known when a person asks for a run. */
export interface WishedHere {
  readonly incident: Incident;
  readonly found: Pick<RequestedRun, "targets" | "resolveError">;
  /** Whether the run is only judged, and nothing is stored. */
  readonly dry: boolean;
}

/** After this many failed attempts to read the targets, about half a minute, the run is denied for now. */
const resolveAttempts = 4;

export class Runner {
  readonly #options: RunnerOptions;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /**
   * Runs a fix for an episode of the incident, once.
   *
   * @throws at the first three attempts the engine's error if the targets cannot be read; and what the attempt's
   *   `mayAct` throws
   */
  async start(request: RunRequest, incident: Incident, attempt: Attempt): Promise<Started> {
    const configured = this.#configured(request.fix);
    const id = runId(request);
    const earlier = await this.#options.ledger.get(id);
    if (earlier !== undefined && !mayDecideAnew(earlier, request))
      return this.#goOn(earlier, { request, incident, attempt });
    // The fix may have been switched off since the run was scheduled, denied for now or proposed.
    if (configured === undefined || configured.fix.mode === "off")
      return noLongerAsked(earlier, this.#options);
    const { fix, remediation } = configured;
    const facts = gatherFacts(incident, this.#moment(fix, request));
    const requested = {
      ...this.#requested({ fix, remediation }, request, incident),
      facts,
      resolveError: attempt.lastError,
    };
    if (!judgeAll(gatesBeforeTarget, facts).allow) {
      const run = await this.#decide({ ...requested, targets: undefined }, request);
      return { run: toRunSummary(run), contacted: false };
    }
    const { run, contacted } = await this.#decideWithTargets(requested, {
      request,
      remediation,
      attempt,
    });
    const target = targetOf(run);
    if (run.status !== "acting" || target === undefined)
      return { run: toRunSummary(run), contacted };
    if (isRolling(run)) return this.#roll(run, { request, incident, attempt });
    return { run: await act({ run, target, remediation }, attempt, this.#options), contacted };
  }

  /**
   * Judges a run that a person asks for, in the transaction of the command, and stores it unless it is dry.
   *
   * @param found what the fix would act on now
   */
  async wish(tx: Tx, request: RunRequest, { incident, found, dry }: WishedHere): Promise<Decided> {
    const configured = this.#configured(request.fix);
    if (configured === undefined) throw new TypeError(`no fix is called ${request.fix}`);
    const { fix } = configured;
    const facts = gatherFacts(incident, this.#moment(fix, request));
    const requested = { ...this.#requested(configured, request, incident), ...found, facts };
    const about = this.#about(requested, request);
    const judge = (history: HistoryFacts): Run => decideRun(requested, history);
    const { ledger } = this.#options;
    if (dry) return ledger.judgeIn(tx, about, judge);
    const decided = await ledger.decideIn(tx, about, judge);
    this.#noted(decided.run);
    return decided;
  }

  /** The health of a run's target; undefined when the run, its target or its fix is not known. */
  async health(id: string): Promise<JudgedHealth | undefined> {
    const run = await this.#options.ledger.get(id);
    if (run === undefined) return undefined;
    const configured = this.#configured(run.fix);
    const targets = targetsOf(run);
    if (targets.length === 0 || configured === undefined) return undefined;
    const actedAtMs = run.actedAtMs ?? run.decidedAtMs;
    const sinceActMs = this.#options.clock.now() - actedAtMs;
    const { remediation } = configured;
    const all = targets.map(async (target) =>
      judgeHealth(target, await remediation.health(target), sinceActMs),
    );
    return healthOfAll(await Promise.all(all), run.targetName ?? "it");
  }

  /** Continues a run on replicas, or looks up the outcome of a run that was tried before. */
  #goOn(run: Run, given: Pick<Roll, "request" | "incident" | "attempt">): Promise<Started> {
    if (isRolling(run)) return this.#roll(run, given);
    return reconcile(run, this.#configured(run.fix)?.remediation, this.#options);
  }

  /** Continues a run on replicas. */
  #roll(
    run: Run,
    { request, incident, attempt }: Pick<Roll, "request" | "incident" | "attempt">,
  ): Promise<Started> {
    const { rolls } = this.#options;
    if (rolls === undefined) throw new TypeError("runs on replicas need their ledger");
    const configured = this.#configured(run.fix);
    const going = configured && {
      ...configured,
      facts: gatherFacts(incident, this.#moment(configured.fix, request)),
    };
    const given = { run, configured: going, request, incident, attempt };
    return roll(given, { ...this.#options, rolls });
  }

  #configured(name: string): ConfiguredFix | undefined {
    return this.#options.fixes.find(({ fix }) => fix.name === name);
  }

  #moment(fix: Fix, { newestRowMs, wish }: RunRequest): FixMoment {
    const { clock, restoredAtMs } = this.#options;
    const { denyForMs, rules: approvalRules } = fix.approval ?? defaultApproval;
    const limits = { ...fix, denyForMs, approvalRules };
    return {
      nowMs: clock.now(),
      fix: limits,
      restoredAtMs: restoredAtMs(),
      newestRowMs,
      // A wish needs approval after its facts are shown, even if the fix is in mode auto.
      asks: fix.mode === "approve" || (fix.mode === "auto" && wish !== undefined),
      wished: wish !== undefined,
      allAtOnce: wish?.full === true,
    };
  }

  /** After several failed attempts the run is denied for now, so that the ticket says that the engine is away. */
  async #decideWithTargets(
    requested: Omit<RequestedRun, keyof TargetFacts>,
    {
      request,
      remediation,
      attempt,
    }: {
      readonly request: RunRequest;
      readonly remediation: Remediation;
      readonly attempt: Attempt;
    },
  ): Promise<{ readonly run: Run; readonly contacted: boolean }> {
    let found: TargetFacts;
    try {
      found = await gatherTargets(remediation);
    } catch (error) {
      if (attempt.attempt < resolveAttempts) throw error;
      const uncontacted = { targets: undefined, resolveError: describeError(error) };
      const run = await this.#decide({ ...requested, ...uncontacted }, request);
      return { run, contacted: false };
    }
    // The engine may have answered late, so the gates judge by the time after its answer.
    const facts = gatherFacts(requested.incident, this.#moment(requested.fix, request));
    const run = await this.#decide({ ...requested, ...found, facts }, request);
    return { run, contacted: true };
  }

  #requested(
    { fix, remediation }: ConfiguredFix,
    request: RunRequest,
    incident: Incident,
  ): Omit<RequestedRun, "facts" | "targets" | "resolveError"> {
    return {
      id: runId(request),
      fix,
      incident,
      plan: (target: Target) => remediation.plan(target),
      canAnswer: this.#options.canAnswer ?? [],
      wish: request.wish,
    };
  }

  #about(
    { id, fix, facts, incident, targets }: RequestedRun,
    { approved, again }: RunRequest,
  ): HistoryFilter {
    return {
      id,
      fix: fix.name,
      remediation: fix.remediation,
      nowMs: facts.nowMs,
      sinceMs: facts.nowMs - longestWindowMs(fix.budgets),
      stormSinceMs: fix.storm && facts.nowMs - stormWindowMs,
      incident: incident.id,
      ...historyTargets(targets),
      approved,
      again,
    };
  }

  async #decide(requested: RequestedRun, request: RunRequest): Promise<Run> {
    const about = this.#about(requested, request);
    const run = await this.#options.ledger.decide(about, (history) =>
      decideRun(requested, history),
    );
    this.#noted(run);
    return run;
  }

  #noted({ id, fix, status, gate }: Run): void {
    const { logger, metrics } = this.#options;
    metrics.decided.inc({ fix, status, gate: gate ?? "" });
    logger.info({ run: id, fix, status, gate }, "run decided");
  }
}
