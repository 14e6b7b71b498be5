/** Gives each due effect to one worker. Effects of one incident and order key are given one after the other. */
import type { Queryable } from "../query.ts";
import type { TakenEffect } from "./effect.ts";

export interface TakeOptions {
  /** Unique per process and start. */
  readonly owner: string;
  readonly nowMs: number;
  /** TTL of the lease. After it, by the database's clock, another worker may take the effect. */
  readonly leaseMs: number;
  readonly limit: number;
  /** Only effects of these kinds; all when left out. */
  readonly kinds?: readonly string[];
}

/**
 * An unfinished effect delays the later ones of its incident and order key, also while it waits for another attempt. A
 * dead effect delays none.
 */
const takeSql = `
with due as (
  select seq from outbox o
  where status in ('pending', 'working') and due_at_ms <= $2
    and ($5::text[] is null or effect ->> 'kind' = any ($5))
    and (lease_until is null or lease_until <= clock_timestamp())
    and (timer or not exists (
      select from outbox earlier
      where earlier.incident = o.incident and earlier.lane = o.lane and earlier.seq < o.seq
        and earlier.status in ('pending', 'working') and not earlier.timer))
  order by seq limit $4
  for update skip locked
)
update outbox o set status = 'working', attempts = attempts + 1, lease_owner = $1,
  lease_until = clock_timestamp() + $3 * interval '1 ms'
from due where o.seq = due.seq
returning o.seq, o.id, o.incident, o.lane as "orderKey", o.effect, o.due_at_ms as "dueAtMs", o.timer, o.lease_owner as owner,
  o.attempts as attempt, o.failures, o.intent, o.last_error as "lastError"`;

const renewSql = `
update outbox set lease_until = clock_timestamp() + $4 * interval '1 ms'
where id = $1 and lease_owner = $2 and attempts = $3 and status = 'working' returning id`;

const nextDueSql = `
select min(due_at_ms) as due from outbox
where status in ('pending', 'working') and ($1::text[] is null or effect ->> 'kind' = any ($1))`;

/** Oldest promise first. */
export async function takeEffects(
  q: Queryable,
  options: TakeOptions,
): Promise<readonly TakenEffect[]> {
  const { owner, nowMs, leaseMs, limit, kinds } = options;
  const rows = await q.query<TakenEffect & { seq: number }>(takeSql, [
    owner,
    nowMs,
    leaseMs,
    limit,
    kinds,
  ]);
  rows.sort((a, b) => a.seq - b.seq);
  return rows.map(({ seq: _order, ...effect }) => effect);
}

/** @returns false when the effect is no longer ours: stop before acting */
export async function renewEffect(
  q: Queryable,
  taken: TakenEffect,
  leaseMs: number,
): Promise<boolean> {
  const rows = await q.query(renewSql, [taken.id, taken.owner, taken.attempt, leaseMs]);
  return rows.length > 0;
}

/** When the next unfinished effect is due, by the clock that set its due time; undefined when there is none. */
export async function nextEffectDueMs(
  q: Queryable,
  kinds?: readonly string[],
): Promise<number | undefined> {
  const [row] = await q.query<{ due: number | null }>(nextDueSql, [kinds]);
  return row?.due ?? undefined;
}
