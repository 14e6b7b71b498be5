/** Has the runs asked for again at once that waited for the end of a freeze, when a person ends it before its time. */
import { notify } from "../notify.ts";
import type { Tx } from "../query.ts";

const wake = (runs: string): string => `
update outbox set due_at_ms = $1
where status = 'pending' and timer and due_at_ms > $1 and effect ->> 'kind' = 'run.retry' and effect ->> 'run' in (
  select id from runs where status = 'denied' and gate = 'frozen' and retry_at_ms > $1${runs})`;
const allSql = wake("");
const lockSql = `
select from freezes where until_ms in (select retry_at_ms from runs where id = any ($1)) for share`;
const endedSql = wake(
  " and id = any ($2) and retry_at_ms in (select until_ms from freezes where ended_at_ms is not null)",
);

/** Wakes all. Call it in the transaction that has ended the freeze. */
export async function wakeFrozen(tx: Tx, nowMs: number): Promise<void> {
  await tx.query(allSql, [nowMs]);
  await notify(tx, "outbox");
}

/**
 * Wakes those of these runs whose freeze was ended between their decision and the storing of their timers.
 *
 * Call it once the timers are stored. The freezes are locked before they are read: whoever ends one has committed
 * already, or waits and finds the timers.
 */
export async function wakeUnfrozen(tx: Tx, runs: readonly string[], nowMs: number): Promise<void> {
  if (runs.length === 0) return;
  await tx.query(lockSql, [runs]);
  await tx.query(endedSql, [nowMs, runs]);
}
