/** Promises effects about a condition that may end and recur. */
import { notify } from "../notify.ts";
import type { Tx } from "../query.ts";
import type { NewEffect } from "./effect.ts";
import { enqueueEffects } from "./enqueue.ts";

const againSql = `
update outbox set status = 'pending', due_at_ms = $2, last_error = null
where id = any ($1::text[]) and status = 'done' returning id`;

/** Stores new effects, and makes effects that are done due again, because their condition has recurred. */
export async function promiseAnew(
  tx: Tx,
  effects: readonly NewEffect[],
  nowMs: number,
): Promise<void> {
  const back = await tx.query(againSql, [effects.map(({ id }) => id), nowMs]);
  if (back.length > 0) await notify(tx, "outbox");
  await enqueueEffects(tx, effects, nowMs);
}
