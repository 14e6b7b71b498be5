/** The stored runs. Each is one attempt of a fix, stored before it acts. */
import type { RunStatus, RunSummary } from "../../incidents/incident.ts";
import type { GateAnswer, Proposal } from "../../incidents/proposal.ts";
import type { RunReplica } from "../../incidents/run-replica.ts";
import { toJson } from "../json.ts";
import type { Queryable, Tx } from "../query.ts";
import { replaceReplicas, replicasColumn } from "./replicas.ts";

export interface Run {
  readonly id: string;
  readonly fix: string;
  readonly remediation: string;
  readonly incident: string;
  /** The text of the fingerprint of the run's subject. Null where an older program wrote a run without a model. */
  readonly subject: string | null;
  /** Null when its subject is no model. */
  readonly model: string | null;
  /** The fix's mode when it was decided. */
  readonly mode: string;
  /** Null when no target was resolved. */
  readonly targetId: string | null;
  readonly targetName: string | null;
  readonly host: string | null;
  /** The state of the target when the run was decided. */
  readonly snapshot: Readonly<Record<string, string>> | null;
  readonly status: RunStatus;
  /** The gate that denied it. */
  readonly gate: string | null;
  /** For a run that was denied for now: when it is decided again, ms since 1970. Else null. */
  readonly retryAtMs: number | null;
  readonly detail: string;
  readonly decidedAtMs: number;
  readonly actedAtMs: number | null;
  readonly finishedAtMs: number | null;
  /** The state of the target after the act. */
  readonly after: Readonly<Record<string, string>> | null;
  readonly outcome: NonNullable<RunSummary["outcome"]> | null;
  /** The answers of all gates in the last decision, in the order of the gates. Empty if an older program decided. */
  readonly answers: readonly GateAnswer[];
  /** The proposal of the last decision; null when nobody was asked. */
  readonly proposal: Proposal | null;
  /** The replicas of a run that acts on several targets; its own target is the first. Empty for a run on one target. */
  readonly replicas: readonly RunReplica[];
}

/** A change of a stored run. Fields that are left out stay. */
export type RunChange = Partial<
  Pick<Run, "status" | "detail" | "actedAtMs" | "finishedAtMs" | "after" | "outcome">
> & {
  /** Only a run in this status is changed; any when left out. */
  readonly from?: RunStatus;
};

/** The select list that turns a row into a Run. */
export const runColumns = `id, fix, remediation, incident, subject, model, mode, target_id as "targetId",
  target_name as "targetName", host, snapshot, status, gate, retry_at_ms as "retryAtMs", detail, decided_at_ms as "decidedAtMs",
  acted_at_ms as "actedAtMs", finished_at_ms as "finishedAtMs", after, outcome,
  coalesce((select d.answers from run_decisions d where d.run = runs.id order by d.n desc limit 1), '[]') as answers,
  (select d.proposal from run_decisions d where d.run = runs.id order by d.n desc limit 1) as proposal,
  ${replicasColumn} as replicas`;

const insertSql = `
insert into runs (id, fix, remediation, incident, model, mode, target_id, target_name, host, snapshot, status, gate,
  detail, decided_at_ms, acted_at_ms, finished_at_ms, after, outcome, retry_at_ms, subject)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
on conflict (id) do update set mode = excluded.mode, target_id = excluded.target_id,
  target_name = excluded.target_name, host = excluded.host, snapshot = excluded.snapshot, status = excluded.status,
  gate = excluded.gate, detail = excluded.detail, decided_at_ms = excluded.decided_at_ms,
  finished_at_ms = excluded.finished_at_ms, retry_at_ms = excluded.retry_at_ms
where (runs.status = 'denied' and runs.retry_at_ms is not null) or runs.status in ('proposed', 'void')
returning id`;
const decisionSql = `
insert into run_decisions (id, run, n, at_ms, status, answers, proposal)
select $1 || '#' || n, $1, n, $2, $3, $4, $5
from (select 1 + count(*) as n from run_decisions where run = $1) as earlier
returning id`;

const updateSql = `
update runs set status = coalesce($2, status), detail = coalesce($3, detail), acted_at_ms = coalesce($4, acted_at_ms),
  finished_at_ms = coalesce($5, finished_at_ms), after = coalesce($6, after), outcome = coalesce($7, outcome)
where id = $1 and ($8::text is null or status = $8) returning ${runColumns}`;

const getSql = `select ${runColumns} from runs where id = $1`;

const document = (value: Run["snapshot"] | undefined): string | null =>
  value === null || value === undefined ? null : toJson(value);

/**
 * Stores a decided run with the answers of all gates. It replaces a stored run that was denied for now, proposed or
 * void.
 *
 * @returns id of the decision, and keys of its replicas. Undefined when a run with this id is stored that must not be
 *   replaced.
 */
export async function insertRun(tx: Tx, run: Run): Promise<InsertedRun | undefined> {
  const rows = await tx.query(insertSql, [
    run.id,
    run.fix,
    run.remediation,
    run.incident,
    run.model,
    run.mode,
    run.targetId,
    run.targetName,
    run.host,
    document(run.snapshot),
    run.status,
    run.gate,
    run.detail,
    run.decidedAtMs,
    run.actedAtMs,
    run.finishedAtMs,
    document(run.after),
    run.outcome,
    run.retryAtMs,
    run.subject,
  ]);
  if (rows.length === 0) return undefined;
  const decided = [run.id, run.decidedAtMs, run.status, toJson(run.answers)];
  const proposal = run.proposal === null ? null : toJson(run.proposal);
  const [decision] = await tx.query<{ id: string }>(decisionSql, [...decided, proposal]);
  const replicas = await replaceReplicas(tx, run.id, run.replicas);
  return decision && { decision: decision.id, replicas };
}

interface InsertedRun {
  readonly decision: string;
  readonly replicas: readonly string[];
}

/** @returns the changed run; undefined when there is none, or when its status is not `from` */
export async function updateRun(
  q: Queryable,
  id: string,
  change: RunChange,
): Promise<Run | undefined> {
  const { status, detail, actedAtMs, finishedAtMs, after, outcome, from } = change;
  const values = [id, status, detail, actedAtMs, finishedAtMs, document(after), outcome, from];
  return (await q.query<Run>(updateSql, values))[0];
}

export async function getRun(q: Queryable, id: string): Promise<Run | undefined> {
  return (await q.query<Run>(getSql, [id]))[0];
}
