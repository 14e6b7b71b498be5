/** Notifies the listeners on a channel of this store, when the transaction commits. */
import type { Queryable } from "./query.ts";

/** All schemas of a database share its channels, so a channel's name contains the schema. */
const sql = "select pg_notify(current_schema() || ':' || $1, $2)";

/**
 * The channels. `outbox`: effects were promised or made due. `commands`: a command or an answer was stored. `tickets`:
 * a ticket may have changed. `log`: records were appended. `members`: the processes of a group changed.
 */
export type Channel = "outbox" | "commands" | "tickets" | "log" | "members";

export async function notify(q: Queryable, channel: Channel, payload = ""): Promise<void> {
  await q.query(sql, [channel, payload]);
}
