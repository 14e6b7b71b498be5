/** Promises effects that last as long as what they tell of. */
import { notify } from "../notify.ts";
import type { Tx } from "../query.ts";
import type { NewEffect } from "./effect.ts";
import { enqueueEffects } from "./enqueue.ts";

const againSql = `
update outbox set status = 'pending', due_at_ms = $2, last_error = null
where id = any ($1::text[]) and status = 'done' returning id`;

/** Stores what is new, and makes due again what is done: what it told of was over, and has come back. */
export async function promiseAnew(
  tx: Tx,
  effects: readonly NewEffect[],
  nowMs: number,
): Promise<void> {
  const back = await tx.query(againSql, [effects.map(({ id }) => id), nowMs]);
  if (back.length > 0) await notify(tx, "outbox");
  await enqueueEffects(tx, effects, nowMs);
}
