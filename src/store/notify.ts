/** Wakes the listeners on a channel of this store, when the transaction commits. */
import type { Queryable } from "./query.ts";

/** Channels belong to the database, so the schema is part of their name. */
const sql = "select pg_notify(current_schema() || ':' || $1, $2)";

/**
 * What can be listened to, in this order: effects were promised or hastened, people said something or were answered, a
 * ticket may have changed, records were appended, the processes of a group changed.
 */
export type Channel = "outbox" | "commands" | "tickets" | "log" | "members";

export async function notify(q: Queryable, channel: Channel, payload = ""): Promise<void> {
  await q.query(sql, [channel, payload]);
}
