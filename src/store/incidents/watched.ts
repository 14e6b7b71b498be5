/** Incidents that are broken and whose ticket should be open. The tracker is asked about these tickets. */
import type { Queryable } from "../query.ts";

export interface WatchedTicket {
  readonly incident: string;
  /** Id of the ticket. */
  readonly ticket: string;
  /** The newest episode. */
  readonly episode: string;
}

/** Leaves out tickets with unfinished effects: changes by these effects could be taken for a person's. */
const sql = `
select id as incident, document -> 'ticket' ->> 'id' as ticket, document -> 'episode' ->> 'id' as episode
from incidents i
where state = 'open' and document -> 'ticket' ->> 'id' is not null and document ->> 'partOf' is null
  and not exists (
    select from outbox o
    where o.incident = i.id and o.lane = $1 and o.status in ('pending', 'working') and not o.timer)
order by number`;

/** @param orderKey of effects on tickets */
export function watchedTickets(q: Queryable, orderKey: string): Promise<readonly WatchedTicket[]> {
  return q.query<WatchedTicket>(sql, [orderKey]);
}
