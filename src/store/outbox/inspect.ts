/** Lists, counts and retries effects, for people and metrics. */
import { notify } from "../notify.ts";
import type { Queryable } from "../query.ts";
import type { Effect, EffectStatus } from "./effect.ts";

const countsSql = "select status, count(*) as count from outbox group by status";
const listSql = `
select seq, id, incident, effect, status, attempts, due_at_ms as "dueAtMs", last_error as "lastError",
  (select i.number from incidents i where i.id = outbox.incident) as "incidentNumber" from outbox
where ($1::text is null or status = $1) and seq > $2 order by seq limit $3`;
/** Leaves out an effect that waits for an earlier effect, if the earlier one is not due yet. */
const dueSql = `
select effect ->> 'kind' as kind from outbox o
where status in ('pending', 'working') and due_at_ms <= $1
  and (timer or not exists (
    select from outbox earlier
    where earlier.incident = o.incident and earlier.lane = o.lane and earlier.seq < o.seq
      and earlier.status in ('pending', 'working') and not earlier.timer and earlier.due_at_ms > $1))
order by seq`;
const agesSql = `
select lane as "orderKey", max($1 - created_at_ms) as "ageMs" from outbox
where status in ('pending', 'working') and not timer and (attempts > 0 or due_at_ms <= $1) group by lane`;
const retrySql = `
update outbox set status = 'pending', due_at_ms = extract(epoch from clock_timestamp()) * 1000 where id = $1 and status = 'dead' returning id`;

export interface OutboxEffect {
  readonly seq: number;
  readonly id: string;
  readonly incident: string;
  /** Null when the incident is not stored any more. */
  readonly incidentNumber: number | null;
  readonly effect: Effect;
  readonly status: EffectStatus;
  readonly attempts: number;
  readonly dueAtMs: number;
  readonly lastError: string | null;
}

export interface EffectFilter {
  readonly status?: EffectStatus | undefined;
  /** The `next` of the previous page. */
  readonly after?: number | undefined;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

export interface EffectPage {
  readonly items: readonly OutboxEffect[];
  /** What to pass as `after` for the next page; null on the last one. */
  readonly next: number | null;
}

export async function countEffects(q: Queryable): Promise<Readonly<Record<EffectStatus, number>>> {
  const rows = await q.query<{ status: EffectStatus; count: number }>(countsSql);
  const none = { pending: 0, working: 0, done: 0, dead: 0 };
  return { ...none, ...Object.fromEntries(rows.map(({ status, count }) => [status, count])) };
}

/** Oldest promise first. */
export async function listEffects(q: Queryable, filter: EffectFilter = {}): Promise<EffectPage> {
  const { status, after = 0, limit = 100 } = filter;
  const rows = await q.query<OutboxEffect>(listSql, [status, after, limit + 1]);
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.seq ?? null) : null };
}

/** @returns the kind of each unfinished effect that is due, oldest promise first */
export async function dueEffects(q: Queryable, nowMs: number): Promise<readonly string[]> {
  const rows = await q.query<{ kind: string }>(dueSql, [nowMs]);
  return rows.map(({ kind }) => kind);
}

/** Order key → age of its oldest unfinished effect that is due or was tried, ms. Timers are left out. */
export async function agesOfDue(q: Queryable, nowMs: number): Promise<ReadonlyMap<string, number>> {
  const rows = await q.query<{ orderKey: string; ageMs: number }>(agesSql, [nowMs]);
  return new Map(rows.map(({ orderKey, ageMs }) => [orderKey, ageMs]));
}

/** Makes a dead effect due at once, by the store's clock. @returns false when there is no dead effect of this id */
export async function retryDeadEffect(q: Queryable, id: string): Promise<boolean> {
  const rows = await q.query(retrySql, [id]);
  if (rows.length > 0) await notify(q, "outbox");
  return rows.length > 0;
}
