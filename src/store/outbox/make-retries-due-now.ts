/** Makes failed effects due at once, because a restart may have removed the cause. */
import type { Queryable } from "../query.ts";

const sql = `
update outbox set due_at_ms = least(due_at_ms, $1)
where status = 'pending' and attempts > 0 and due_at_ms > $1`;

export async function makeRetriesDueNow(q: Queryable, nowMs: number): Promise<void> {
  await q.query(sql, [nowMs]);
}
