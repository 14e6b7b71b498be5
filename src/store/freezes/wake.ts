/** Makes the retries of frozen runs due at once, when a person ends a freeze before its time. */
import { notify } from "../notify.ts";
import type { Tx } from "../query.ts";

const wake = (runs: string): string => `
update outbox set due_at_ms = $1
where status = 'pending' and timer and due_at_ms > $1 and effect ->> 'kind' = 'run.retry' and effect ->> 'run' in (
  select id from runs where status = 'denied' and gate = 'frozen' and retry_at_ms > $1${runs})`;
const allSql = wake("");
const lockSql = `
select from freezes where until_ms in (select retry_at_ms from runs where id = any ($1)) for share`;
const endedSql = wake(` and id = any ($2)
    and not exists (select from freezes f where f.until_ms = retry_at_ms and f.ended_at_ms is null)
    and not exists (select from incidents i
      where i.id = runs.incident and (i.document -> 'silence' ->> 'untilMs')::float8 = retry_at_ms)`);

/** Wakes all runs that a freeze has denied for now. Call it in the transaction that has ended a freeze. */
export async function wakeFrozen(tx: Tx, nowMs: number): Promise<void> {
  await tx.query(allSql, [nowMs]);
  await notify(tx, "outbox");
}

/**
 * Wakes those of these runs whose freeze or silence was ended after their decision and before their timers were stored.
 *
 * Call it once the timers are stored. The freezes are locked before they are read. So a transaction that ends one has
 * committed already, or waits and then finds the timers. A silence is ended under the lock of its incident. The caller
 * holds that lock.
 */
export async function wakeUnfrozen(tx: Tx, runs: readonly string[], nowMs: number): Promise<void> {
  if (runs.length === 0) return;
  await tx.query(lockSql, [runs]);
  await tx.query(endedSql, [nowMs, runs]);
}
