/** Runs a fix for an episode: gather facts → decide → act → record. A run that was tried before is looked up. */
import type { Remediation, Target } from "../../remediations/remediation.ts";
import { describeError } from "../errors.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Attempt } from "../outbox/executor.ts";
import type { Run } from "../store/runs/run.ts";
import { act, type Recording } from "./act.ts";
import { longestWindowMs } from "./budgets.ts";
import { decideRun, type RequestedRun, type RunRequest, runId } from "./decide-run.ts";
import type { Fix } from "./fix.ts";
import type { TargetFacts } from "./gates/gate-facts.ts";
import { gatesBeforeTarget, judgeAll } from "./gates/gates.ts";
import { type FixMoment, gatherFacts, gatherTargets } from "./gather.ts";
import { defaultApproval } from "./proposing.ts";
import { noLongerAsked, reconcile, type Started } from "./reconcile.ts";
import { mayDecideAnew, targetOf, toRunSummary } from "./run-ledger.ts";
import { type JudgedHealth, judgeHealth } from "./target-health.ts";

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
}

/** After so many attempts at asking for a target, about half a minute, the run is denied for now. */
const resolveAttempts = 4;

export class Runner {
  readonly #options: RunnerOptions;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /**
   * Runs a fix for an episode of the incident, once.
   *
   * @throws what the engine throws when targets cannot be asked for, at the first few attempts; and what the attempt's
   *   `mayAct` throws
   */
  async start(request: RunRequest, incident: Incident, attempt: Attempt): Promise<Started> {
    const configured = this.#configured(request.fix);
    const id = runId(request);
    const earlier = await this.#options.ledger.get(id);
    if (earlier !== undefined && !mayDecideAnew(earlier, request))
      return reconcile(earlier, configured?.remediation, this.#options);
    if (configured === undefined) return noLongerAsked(earlier, this.#options);
    const { fix, remediation } = configured;
    const facts = gatherFacts(incident, this.#moment(fix, request));
    const requested = {
      id,
      fix,
      incident,
      facts,
      resolveError: attempt.lastError,
      plan: (target: Target) => remediation.plan(target),
      canAnswer: this.#options.canAnswer ?? [],
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
    return { run: await act({ run, target, remediation }, attempt, this.#options), contacted };
  }

  /** The health of what a run acted on; undefined when there is nothing to ask. */
  async health(id: string): Promise<JudgedHealth | undefined> {
    const run = await this.#options.ledger.get(id);
    if (run === undefined) return undefined;
    const target = targetOf(run);
    const configured = this.#configured(run.fix);
    if (target === undefined || configured === undefined) return undefined;
    const health = await configured.remediation.health(target);
    const actedAtMs = run.actedAtMs ?? run.decidedAtMs;
    return judgeHealth(target, health, this.#options.clock.now() - actedAtMs);
  }

  #configured(name: string): ConfiguredFix | undefined {
    return this.#options.fixes.find(({ fix }) => fix.name === name);
  }

  #moment(fix: Fix, { newestRowMs }: RunRequest): FixMoment {
    const { clock, restoredAtMs } = this.#options;
    const limits = { ...fix, denyForMs: (fix.approval ?? defaultApproval).denyForMs };
    return {
      nowMs: clock.now(),
      fix: limits,
      restoredAtMs: restoredAtMs(),
      newestRowMs,
      asks: fix.mode === "approve",
    };
  }

  /** After several attempts at asking, the run is denied for now, so that the ticket says that nobody answers. */
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
    // Asking may have taken long: the gates judge by the time afterwards.
    const facts = gatherFacts(requested.incident, this.#moment(requested.fix, request));
    const run = await this.#decide({ ...requested, ...found, facts }, request);
    return { run, contacted: true };
  }

  async #decide(requested: RequestedRun, { approved, again }: RunRequest): Promise<Run> {
    const { ledger, logger, metrics } = this.#options;
    const { id, fix, facts, incident, targets } = requested;
    const about = {
      id,
      fix: fix.name,
      sinceMs: facts.nowMs - longestWindowMs(fix.budgets),
      incident: incident.id,
      target: targets?.[0],
      approved,
      again,
    };
    const run = await ledger.decide(about, (history) => decideRun(requested, history));
    const { status, gate } = run;
    metrics.decided.inc({ fix: fix.name, status, gate: gate ?? "" });
    logger.info({ run: id, fix: fix.name, status, gate }, "run decided");
    return run;
  }
}
