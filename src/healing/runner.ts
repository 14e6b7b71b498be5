/**
 * One attempt of a fix: resolve → judge by the gates and write the intent down → compare and act → record. Whether it
 * helped is asked afterwards. A run whose outcome is unknown is looked up, never repeated.
 */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { ActResult, Remediation, Target } from "../../remediations/remediation.ts";
import type { Clock } from "../clock.ts";
import { toldOf } from "../errors.ts";
import type { Incident, RunFacts } from "../incidents/incident.ts";
import type { Attempt } from "../outbox/executor.ts";
import type { Run } from "../store/runs/run.ts";
import type { Fix } from "./fix.ts";
import type { FactsAtHand, HistoryFacts } from "./gates/gate-facts.ts";
import { gates, gatesBeforeTarget, judgeAll } from "./gates/gates.ts";
import { type FixMoment, gatherFacts, gatherTargets } from "./gather.ts";
import type { HealingMetrics } from "./metrics.ts";
import { factsOf, type RunLedger, targetOf } from "./run-ledger.ts";

export interface ConfiguredFix {
  readonly fix: Fix;
  readonly remediation: Remediation;
}

export interface RunnerOptions {
  readonly fixes: readonly ConfiguredFix[];
  readonly ledger: RunLedger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: HealingMetrics;
  /** When the store was last restored from a backup, or may have been; ms since 1970. */
  readonly restoredAtMs: () => number | undefined;
}

/** What became of asking for a run. */
export interface Started {
  /** As decided or acted; undefined when the fix is no longer configured and nothing of it is open. */
  readonly run: RunFacts | undefined;
  /** Whether the engine was asked anything. */
  readonly asked: boolean;
}

interface Proposal {
  readonly id: string;
  readonly fix: Fix;
  readonly incident: Incident;
  /** Undefined when nobody was, or could be, asked. */
  readonly targets: readonly Target[] | undefined;
  readonly facts: FactsAtHand;
  /** Why nobody could be asked for a target, now or before; undefined when somebody could. */
  readonly hindrance: string | undefined;
}

/** After so many attempts at asking for a target, about half a minute, the ticket says that nobody answers. */
const resolveAttempts = 4;

/** The same fix for the same episode is the same run, however often it is tried. */
function runId(fix: string, episode: string): string {
  return createHash("sha256").update(`${fix}\n${episode}`).digest("hex").slice(0, 20);
}

export class Runner {
  readonly #options: RunnerOptions;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /**
   * Runs a fix for an episode of the incident, once.
   *
   * @throws what the engine throws when targets cannot be asked for, since that is no answer, also when the run was
   *   denied for it; and what the attempt's `confirm` throws
   */
  async start(
    wish: { readonly fix: string; readonly episode: string },
    incident: Incident,
    attempt: Attempt,
  ): Promise<Started> {
    const known = this.#options.fixes.find(({ fix }) => fix.name === wish.fix);
    const id = runId(wish.fix, wish.episode);
    const earlier = await this.#options.ledger.get(id);
    if (earlier !== undefined) return this.#reconcile(earlier, known?.remediation);
    if (known === undefined) return { run: undefined, asked: false };
    const { fix, remediation } = known;
    const before = gatherFacts(incident, this.#moment(fix));
    const worthIt = judgeAll(gatesBeforeTarget, before).allow;
    const proposal = { id, fix, incident, hindrance: attempt.lastError };
    const { targets } = worthIt
      ? await gatherTargets(remediation).catch(async (error: unknown) => {
          if (attempt.attempt >= resolveAttempts) {
            const hindrance = toldOf(error);
            await this.#decide({ ...proposal, targets: undefined, facts: before, hindrance });
          }
          throw error;
        })
      : { targets: undefined };
    // Asking may have taken long.
    const facts = worthIt ? gatherFacts(incident, this.#moment(fix)) : before;
    const run = await this.#decide({ ...proposal, targets, facts });
    const target = targetOf(run);
    if (run.status !== "acting" || target === undefined) {
      return { run: factsOf(run), asked: worthIt };
    }
    const result = await remediation.act(target, () => attempt.confirm());
    return { run: await this.#finish(run, result), asked: true };
  }

  /** The health of what a run acted on; undefined when there is nothing to ask. */
  async health(
    id: string,
  ): Promise<{ readonly healthy: boolean; readonly detail: string } | undefined> {
    const run = await this.#options.ledger.get(id);
    const target = run && targetOf(run);
    const known = this.#options.fixes.find(({ fix }) => fix.name === run?.fix);
    if (target === undefined || known === undefined) return undefined;
    const health = await known.remediation.health(target);
    return { healthy: health === "healthy", detail: `${target.name} is ${health}.` };
  }

  /** Tried before. If the daemon died, or lost the answer, while it acted, what became of it is looked up. */
  async #reconcile(run: Run, remediation: Remediation | undefined): Promise<Started> {
    const target = targetOf(run);
    if (run.status !== "acting" || target === undefined) {
      return { run: factsOf(run), asked: false };
    }
    this.#options.logger.warn(
      { run: run.id, fix: run.fix },
      "looking up a run with unknown outcome",
    );
    const asked = remediation !== undefined;
    const result = asked ? await remediation.lookUp(target) : noLongerConfigured(run);
    return { run: await this.#finish(run, result), asked };
  }

  #moment(fix: Fix): FixMoment {
    const { clock, restoredAtMs } = this.#options;
    return { nowMs: clock.now(), fix, restoredAtMs: restoredAtMs() };
  }

  async #decide(proposal: Proposal): Promise<Run> {
    const { id, fix, facts } = proposal;
    const about = { id, fix: fix.name, sinceMs: facts.nowMs - fix.windowMs };
    const run = await this.#options.ledger.decide(about, (past) => judged(proposal, past));
    const { status, gate } = run;
    this.#options.metrics.decided.inc({ fix: fix.name, status, gate: gate ?? "" });
    this.#options.logger.info({ run: id, fix: fix.name, status, gate }, "run decided");
    return run;
  }

  async #finish(run: Run, result: ActResult): Promise<RunFacts> {
    const nowMs = this.#options.clock.now();
    const status = statusOf[result.status];
    const change = { status, detail: result.detail, actedAtMs: nowMs, finishedAtMs: nowMs };
    const became =
      result.status === "done"
        ? { after: result.after }
        : { outcome: status === "unknown" ? ("unknown" as const) : ("failed" as const) };
    const finished = await this.#options.ledger.finish(run.id, { ...change, ...became });
    this.#options.metrics.finished.inc({ fix: run.fix, outcome: status });
    this.#options.logger.info({ run: run.id, fix: run.fix, status }, "run finished");
    return factsOf(finished ?? { ...run, ...change });
  }
}

const statusOf = {
  done: "acted",
  changed: "failed",
  failed: "failed",
  unknown: "unknown",
} as const;

function noLongerConfigured({ fix }: Run): ActResult {
  const detail = `${fix} is no longer configured, so nobody can look up whether it took effect.`;
  return { status: "unknown", detail };
}

/** The gates' word, as the run that is written down. */
function judged(proposal: Proposal, history: HistoryFacts): Run {
  const { fix, targets, facts, hindrance } = proposal;
  const { nowMs } = facts;
  const decision = judgeAll(gates, { ...facts, ...history, targets });
  const run = writtenDown(proposal, nowMs);
  if (!decision.allow) {
    const { gate, reason } = decision;
    const detail =
      hindrance === undefined ? reason : `${reason} It could not be asked for: ${hindrance}`;
    return { ...run, status: "denied", gate, detail, finishedAtMs: nowMs };
  }
  const act = `${fix.remediation} on ${targets?.[0]?.name ?? "nothing"}`;
  if (fix.mode === "auto") return { ...run, status: "acting", detail: `${act} was decided` };
  return { ...run, status: "observed", detail: `${act} would have run`, finishedAtMs: nowMs };
}

function writtenDown(
  { id, fix, incident, targets }: Proposal,
  nowMs: number,
): Omit<Run, "status" | "detail"> {
  const target = targets?.[0];
  return {
    id,
    fix: fix.name,
    remediation: fix.remediation,
    incident: incident.id,
    model: incident.model,
    mode: fix.mode,
    targetId: target?.id ?? null,
    targetName: target?.name ?? null,
    host: target?.host ?? null,
    snapshot: target?.snapshot ?? null,
    gate: null,
    decidedAtMs: nowMs,
    actedAtMs: null,
    finishedAtMs: null,
    after: null,
    outcome: null,
  };
}
