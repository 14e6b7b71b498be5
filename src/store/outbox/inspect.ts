/** The outbox as people and metrics see it. */
import type { Effect } from "../../incidents/incident.ts";
import { notify } from "../notify.ts";
import type { Queryable } from "../query.ts";
import type { EffectStatus } from "./effect.ts";

const countsSql = "select status, count(*) as count from outbox group by status";
const deadSql = `
select id, incident, effect, attempts, last_error as "lastError" from outbox
where status = 'dead' order by seq limit $1`;
const retrySql = `
update outbox set status = 'pending', due_at_ms = $2 where id = $1 and status = 'dead' returning id`;

export interface DeadEffect {
  readonly id: string;
  readonly incident: string;
  readonly effect: Effect;
  readonly attempts: number;
  readonly lastError: string | null;
}

export async function countEffects(q: Queryable): Promise<Readonly<Record<EffectStatus, number>>> {
  const rows = await q.query<{ status: EffectStatus; count: number }>(countsSql);
  const none = { pending: 0, working: 0, done: 0, dead: 0 };
  return { ...none, ...Object.fromEntries(rows.map(({ status, count }) => [status, count])) };
}

/** Oldest first. */
export async function deadEffects(q: Queryable, limit: number): Promise<readonly DeadEffect[]> {
  return q.query<DeadEffect>(deadSql, [limit]);
}

/** @returns false when there is no dead effect of this id */
export async function retryDeadEffect(q: Queryable, id: string, nowMs: number): Promise<boolean> {
  const rows = await q.query(retrySql, [id, nowMs]);
  if (rows.length > 0) await notify(q, "outbox");
  return rows.length > 0;
}
