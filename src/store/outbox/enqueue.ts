/** Promises effects in the transaction of the decision. */
import { toJson } from "../json.ts";
import { notify } from "../notify.ts";
import type { Tx } from "../query.ts";
import type { NewEffect } from "./effect.ts";

const sql = `
insert into outbox (id, incident, lane, effect, due_at_ms, timer, created_at_ms)
select id, incident, split_part(effect ->> 'kind', '.', 1), effect, due, timer, $6
from unnest($1::text[], $2::text[], $3::json[], $4::float8[], $5::boolean[])
  with ordinality as e (id, incident, effect, due, timer, place)
order by place
on conflict (id) do nothing`;

/**
 * Effects of one incident and lane (what its kind begins with: `ticket`, `run`) are carried out in the order given. Lanes
 * do not wait for each other: a restart must not wait for a tracker that is away.
 *
 * Known ids are left as they are. Call it with the incident locked.
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
    effects.map((e) => toJson(e.effect)),
    effects.map((e) => e.dueAtMs),
    effects.map((e) => e.timer),
    nowMs,
  ]);
  await notify(tx, "outbox");
}
