/** Runs: one attempt of a fix each, written down before it acts. */
import type { RunFacts, RunStatus } from "../../incidents/incident.ts";
import { toJson } from "../json.ts";
import type { Queryable, Tx } from "../query.ts";

export interface Run {
  readonly id: string;
  readonly fix: string;
  readonly remediation: string;
  readonly incident: string;
  readonly model: string;
  /** The fix's mode when it was decided. */
  readonly mode: string;
  /** Null when no target was resolved. */
  readonly targetId: string | null;
  readonly targetName: string | null;
  readonly host: string | null;
  /** The target as it was when the run was decided. */
  readonly snapshot: Readonly<Record<string, string>> | null;
  readonly status: RunStatus;
  /** The gate that denied it. */
  readonly gate: string | null;
  readonly detail: string;
  readonly decidedAtMs: number;
  readonly actedAtMs: number | null;
  readonly finishedAtMs: number | null;
  /** The target as it was after the act. */
  readonly after: Readonly<Record<string, string>> | null;
  readonly outcome: NonNullable<RunFacts["outcome"]> | null;
}

/** What may change after a run was written down; what is left out stays. */
export type RunChange = Partial<
  Pick<Run, "status" | "detail" | "actedAtMs" | "finishedAtMs" | "after" | "outcome">
> & {
  /** Only a run in this status is changed; any when left out. */
  readonly from?: RunStatus;
};

/** The select list that makes a Run of a row. */
export const runColumns = `id, fix, remediation, incident, model, mode, target_id as "targetId",
  target_name as "targetName", host, snapshot, status, gate, detail, decided_at_ms as "decidedAtMs",
  acted_at_ms as "actedAtMs", finished_at_ms as "finishedAtMs", after, outcome`;

const insertSql = `
insert into runs (id, fix, remediation, incident, model, mode, target_id, target_name, host, snapshot, status, gate,
  detail, decided_at_ms, acted_at_ms, finished_at_ms, after, outcome)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
on conflict (id) do nothing returning id`;

const updateSql = `
update runs set status = coalesce($2, status), detail = coalesce($3, detail), acted_at_ms = coalesce($4, acted_at_ms),
  finished_at_ms = coalesce($5, finished_at_ms), after = coalesce($6, after), outcome = coalesce($7, outcome)
where id = $1 and ($8::text is null or status = $8) returning ${runColumns}`;

const getSql = `select ${runColumns} from runs where id = $1`;

const document = (value: Run["snapshot"] | undefined): string | null =>
  value === null || value === undefined ? null : toJson(value);

/** @returns false when a run of this id is stored already; it is left as it is */
export async function insertRun(tx: Tx, run: Run): Promise<boolean> {
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
  ]);
  return rows.length > 0;
}

/** @returns the run as it is now; undefined when there is none, or it is in another status */
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
