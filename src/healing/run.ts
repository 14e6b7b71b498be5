/**
 * One attempt of a fix: resolve → judge by the gates and write the intent down → compare and act → record. Whether it
 * helped is asked afterwards. A run whose outcome is unknown is looked up, never repeated.
 */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { ActResult, Remediation, Target } from "../../remediations/remediation.ts";
import type { Clock } from "../clock.ts";
import { DriftwardenError, messageOf } from "../errors.ts";
import type { Attempt } from "../incidents/effect-handler.ts";
import type { Incident, RunFacts } from "../incidents/incident.ts";
import type { Run } from "../store/runs/run.ts";
import type { Fix } from "./fix.ts";
import { gates, judgeAll } from "./gates/gates.ts";
import type { HealingMetrics } from "./metrics.ts";
import { factsOf, type PastAttempts, type RunLedger, targetOf } from "./run-ledger.ts";

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
}

interface Proposal {
  readonly id: string;
  readonly fix: Fix;
  readonly incident: Incident;
  readonly targets: readonly Target[];
  /** Why no target could be asked for. */
  readonly problem: string | undefined;
}

/** How often a target is looked for before the run is refused because nobody could be asked. */
const resolveAttempts = 4;

/** The same fix for the same episode is the same run, however often it is tried. */
function runId(fix: string, episode: string): string {
  return createHash("sha256").update(`${fix}\n${episode}`).digest("hex").slice(0, 20);
}

/** What stands on the ticket, where somebody can do something about it. */
function problemOf(error: unknown): string {
  const hint = error instanceof DriftwardenError ? `. ${error.hint}` : "";
  return `${messageOf(error)}${hint}`;
}

export class Runner {
  readonly #options: RunnerOptions;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /**
   * Runs a fix for an episode of the incident, once.
   *
   * @returns the run as decided or acted; undefined when the fix is no longer configured
   * @throws what the engine throws when targets cannot be asked for, so that it is tried again a few times
   */
  async start(
    wish: { readonly fix: string; readonly episode: string },
    incident: Incident,
    attempt: Attempt,
  ): Promise<RunFacts | undefined> {
    const known = this.#options.fixes.find(({ fix }) => fix.name === wish.fix);
    if (known === undefined) return undefined;
    const id = runId(wish.fix, wish.episode);
    const earlier = await this.#options.ledger.get(id);
    if (earlier !== undefined) return this.#reconcile(earlier, known.remediation);
    const found = await this.#resolve(known.remediation, attempt);
    const run = await this.#decide({ id, fix: known.fix, incident, ...found });
    const target = targetOf(run);
    if (run.status !== "acting" || target === undefined) return factsOf(run);
    return this.#finish(run, await known.remediation.act(target));
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
  async #reconcile(run: Run, remediation: Remediation): Promise<RunFacts> {
    const target = targetOf(run);
    if (run.status !== "acting" || target === undefined) return factsOf(run);
    this.#options.logger.warn(
      { run: run.id, fix: run.fix },
      "looking up a run with unknown outcome",
    );
    return this.#finish(run, await remediation.lookUp(target));
  }

  async #resolve(
    remediation: Remediation,
    attempt: Attempt,
  ): Promise<Pick<Proposal, "targets" | "problem">> {
    try {
      return { targets: await remediation.resolve(), problem: undefined };
    } catch (error) {
      if (attempt.attempt < resolveAttempts) throw error;
      return { targets: [], problem: problemOf(error) };
    }
  }

  async #decide(proposal: Proposal): Promise<Run> {
    const { id, fix } = proposal;
    const nowMs = this.#options.clock.now();
    const about = { id, fix: fix.name, sinceMs: nowMs - fix.windowMs };
    const run = await this.#options.ledger.decide(about, (past) => judged(proposal, past, nowMs));
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
    const finished = await this.#options.ledger.change(run.id, { ...change, ...became });
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

/** The gates' word, as the run that is written down. */
function judged(proposal: Proposal, past: PastAttempts, nowMs: number): Run {
  const { fix, incident, targets } = proposal;
  const { newestRow, cadence, warmUp } = incident.episode;
  const decision = judgeAll(gates, {
    nowMs,
    fix,
    freeze: undefined,
    newestRowMs: newestRow / 1000,
    cadenceMs: cadence === undefined ? undefined : cadence / 1000,
    warmUp,
    targets,
    attempts: past.attemptsMs,
    lastAttemptEndMs: past.lastEndMs,
  });
  const run = writtenDown(proposal, nowMs);
  if (!decision.allow) {
    const detail = proposal.problem ?? decision.reason;
    return { ...run, status: "denied", gate: decision.gate, detail, finishedAtMs: nowMs };
  }
  const act = `${fix.remediation} on ${targets[0]?.name ?? "nothing"}`;
  if (fix.mode === "auto") return { ...run, status: "acting", detail: `${act} was decided` };
  return { ...run, status: "observed", detail: `${act} would have run`, finishedAtMs: nowMs };
}

function writtenDown(
  { id, fix, incident, targets }: Proposal,
  nowMs: number,
): Omit<Run, "status" | "detail"> {
  const target = targets[0];
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
