/** Reads the open incidents that have a ticket, and the incidents of given tickets. */
import type { Queryable } from "../query.ts";

export interface TicketOfIncident {
  /** Id of the ticket. */
  readonly ticket: string;
  /** Number of the incident. */
  readonly incident: number;
  /** When the incident last changed, ms since 1970. */
  readonly changedAtMs: number;
}

const openSql = `
select document -> 'ticket' ->> 'id' as ticket, number as incident, updated_at_ms as "changedAtMs" from incidents
where state <> 'resolved' and document -> 'ticket' ->> 'id' is not null order by number`;
/** A ticket may have belonged to several incidents in turn. The newest one is returned. */
const byTicketSql = `
select distinct on (1) document -> 'ticket' ->> 'id' as ticket, number as incident, updated_at_ms as "changedAtMs"
from incidents where document -> 'ticket' ->> 'id' = any ($1) order by 1, number desc`;
/** How much longer a ticket is read directly while a command on it waits for `yes`, ms. */
const askedLongerMs = 1_200_000;
/** Tickets with recent commands come first, then tickets with a proposed run. */
const talkedSql = `
with talked as (
  select place, max(came_at_ms) as at_ms from commands
  where door = 'ticket' and came_at_ms > $1::double precision - ${askedLongerMs} and (came_at_ms > $1::double precision or answer ->> 'code' = 'asks')
  group by place
), waiting as (
  select i.document -> 'ticket' ->> 'id' as place, max(r.decided_at_ms) as at_ms
  from runs r join incidents i on i.id = r.incident where r.status = 'proposed' group by 1
)
select place from (
  select place, at_ms, 0 as rank from talked
  union all select place, at_ms, 1 from waiting where place is not null and place not in (select place from talked)
) as both_kinds order by rank, at_ms desc limit $2`;

export function openWithTicket(q: Queryable): Promise<readonly TicketOfIncident[]> {
  return q.query<TicketOfIncident>(openSql);
}

export async function incidentsOfTickets(
  q: Queryable,
  tickets: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (tickets.length === 0) return new Map();
  const rows = await q.query<TicketOfIncident>(byTicketSql, [tickets]);
  return new Map(rows.map(({ ticket, incident }) => [ticket, incident]));
}

/**
 * Ids of tickets with a command since `sinceMs` or with a proposed run. Tickets with commands come first, each kind
 * newest first.
 */
export async function talkedOnSince(
  q: Queryable,
  sinceMs: number,
  limit: number,
): Promise<readonly string[]> {
  const rows = await q.query<{ place: string }>(talkedSql, [sinceMs, limit]);
  return rows.map(({ place }) => place);
}
