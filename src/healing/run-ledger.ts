/** The stored runs as healing uses them. A run is stored before it acts, and every attempt counts. */
import type { Target } from "../../remediations/remediation.ts";
import type { Clock } from "../clock.ts";
import type { RunSummary } from "../incidents/incident.ts";
import type { AnsweredProposal, Proposal } from "../incidents/proposal.ts";
import { appendJournal } from "../store/journal/append.ts";
import { sealRows } from "../store/journal/seal-rows.ts";
import type { SealedKeys } from "../store/journal/sealed-tables.ts";
import type { Tx } from "../store/query.ts";
import { lockBudgets } from "../store/runs/budget.ts";
import { endReplicas } from "../store/runs/replicas.ts";
import { getRun, insertRun, type Run, type RunChange, updateRun } from "../store/runs/run.ts";
import type { Store } from "../store/store.ts";
import type { RunRequest } from "./decide-run.ts";
import type { HistoryFacts } from "./gates/gate-facts.ts";
import { gatherHistory, type HistoryFilter } from "./gather.ts";
import { targetOfReplica } from "./replicas.ts";

export interface RunLedger {
  get(id: string): Promise<Run | undefined>;
  /**
   * In one transaction, under a lock that allows one decision at a time: gathers the history, lets `judge` decide, and
   * stores the run. A stored run is returned as it is, unless it may be decided again.
   */
  decide(about: HistoryFilter, judge: (history: HistoryFacts) => Run): Promise<Run>;
  /** As `decide`, in the caller's transaction. The caller calls `seal` last, which writes the journal. */
  decideIn(tx: Tx, about: HistoryFilter, judge: (history: HistoryFacts) => Run): Promise<Decided>;
  /** Judges without storing anything. */
  judgeIn(tx: Tx, about: HistoryFilter, judge: (history: HistoryFacts) => Run): Promise<Decided>;
  /**
   * Records how the act ended. If another process has recorded an end, that one stays.
   *
   * @returns the run as it is now
   */
  finish(id: string, change: RunChange): Promise<Run | undefined>;
}

export interface Decided {
  readonly run: Run;
  readonly seal: () => Promise<void>;
}

/** @param clock gives the times of the journal */
export function runLedger(store: Store, clock: Clock): RunLedger {
  return {
    get: (id) => getRun(store, id),
    decide: (about, judge) =>
      store.transaction(async (tx) => {
        const decided = await decideIn(tx, { about, judge, clock });
        await decided.seal();
        return decided.run;
      }),
    decideIn: (tx, about, judge) => decideIn(tx, { about, judge, clock }),
    judgeIn: async (tx, about, judge) => asItIs(judge(await gatherHistory(tx, about))),
    finish: (id, change) =>
      store.transaction(async (tx) => {
        const run = await updateRun(tx, id, { from: "acting", ...change });
        if (run === undefined) return getRun(tx, id);
        const { detail } = run;
        const replicas = await endReplicas(tx, { run: id, detail });
        await seal(tx, { runs: [id], run_replicas: replicas }, clock);
        return replicas.length === 0 ? run : getRun(tx, id);
      }),
  };
}

interface Deciding {
  readonly about: HistoryFilter;
  readonly judge: (history: HistoryFacts) => Run;
  readonly clock: Clock;
}

async function decideIn(tx: Tx, { about, judge, clock }: Deciding): Promise<Decided> {
  await lockBudgets(tx);
  const known = await getRun(tx, about.id);
  if (known !== undefined && !mayDecideAnew(known, about)) return asItIs(known);
  const history = await gatherHistory(tx, about);
  if (about.approved !== undefined && history.answered === undefined) {
    // A person declined the run between the two reads. The answers are locked now, so the run does not change any more.
    const ended = await getRun(tx, about.id);
    if (ended !== undefined) return asItIs(ended);
  }
  const run = judge(history);
  const inserted = await insertRun(tx, run);
  const { decision, replicas = [] } = inserted ?? {};
  const keys = {
    runs: [run.id],
    run_decisions: decision ? [decision] : [],
    run_replicas: replicas,
  };
  return { run, seal: () => seal(tx, keys, clock) };
}

const asItIs = (run: Run): Decided => ({ run, seal: async () => undefined });

/** Appends to the journal. A transaction locks the journal's head last. */
async function seal(tx: Tx, keys: SealedKeys, clock: Clock): Promise<void> {
  await appendJournal(tx, await sealRows(tx, keys, clock.now()));
}

/** Whether the run was denied for now, so that it may be decided again. */
function isDeniedForNow({ status, retryAtMs }: Run): boolean {
  return status === "denied" && retryAtMs !== null;
}

/** The parts of a request that allow a second decision. */
type Wanted = Pick<RunRequest, "approved" | "again">;

/**
 * Whether a stored run may be decided again: a denied one for which the reason may be over, an approved proposal, or a
 * void run that a person wants again. An approval counts only for its own proposal. If a gate has denied the run since,
 * the approval is used up.
 */
export function mayDecideAnew(run: Run, { approved, again }: Wanted): boolean {
  if (approved !== undefined) return run.status === "proposed" && run.proposal?.id === approved;
  return isDeniedForNow(run) || (run.status === "void" && again === true);
}

/** The target of the run, as it was when the run was decided; undefined when none was resolved. */
export function targetOf(run: Run): Target | undefined {
  const { targetId, targetName, host, snapshot } = run;
  if (targetId === null || targetName === null) return undefined;
  return {
    id: targetId,
    name: targetName,
    host: host ?? "",
    snapshot: snapshot ?? {},
    refusal: undefined,
  };
}

/** The targets of the run: its replicas, or its one target. */
export function targetsOf(run: Run): readonly Target[] {
  if (run.replicas.length > 0) return run.replicas.map(targetOfReplica);
  const target = targetOf(run);
  return target === undefined ? [] : [target];
}

/** The run as the incident stores it. */
export function toRunSummary(run: Run): RunSummary {
  const { id, fix, remediation, status, gate, retryAtMs, detail, outcome } = run;
  return {
    id,
    fix,
    remediation,
    target: run.targetName ?? undefined,
    atMs: run.actedAtMs ?? run.decidedAtMs,
    status,
    detail,
    ...(gate === null ? {} : { gate }),
    ...(retryAtMs === null ? {} : { retryAtMs }),
    ...(outcome === null ? {} : { outcome }),
    ...(status === "proposed" && run.proposal !== null && { proposal: unanswered(run.proposal) }),
  };
}

const unanswered = (proposal: Proposal): AnsweredProposal => ({ ...proposal, said: [] });
