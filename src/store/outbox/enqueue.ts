/** Stores promised effects, in the transaction of the decision. */
import { toJson } from "../json.ts";
import { notify } from "../notify.ts";
import type { Tx } from "../query.ts";
import type { NewEffect } from "./effect.ts";

const sql = `
insert into outbox (id, incident, lane, effect, due_at_ms, timer, created_at_ms)
select id, incident, order_key, effect, due, timer, $7
from unnest($1::text[], $2::text[], $3::text[], $4::json[], $5::float8[], $6::boolean[])
  with ordinality as e (id, incident, order_key, effect, due, timer, place)
order by place
on conflict (id) do nothing`;

/**
 * Effects of one incident and order key are carried out in the order given. Effects with different keys do not wait for
 * each other: a restart must not wait for an unavailable tracker. The key is stored in the column `lane`.
 *
 * Effects whose ids are stored already stay unchanged. Call it with the incident locked.
 */
export async function enqueueEffects(
  tx: Tx,
  effects: readonly NewEffect[],
  nowMs: number,
): Promise<void> {
  if (effects.length === 0) return;
  await tx.query(sql, [
    effects.map((e) => e.id),
    effects.map((e) => e.incident),
    effects.map((e) => e.orderKey),
    effects.map((e) => toJson(e.effect)),
    effects.map((e) => e.dueAtMs),
    effects.map((e) => e.timer),
    nowMs,
  ]);
  await notify(tx, "outbox");
}
