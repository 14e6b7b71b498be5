/** Incidents by their tickets: those that are open, and those of given tickets. */
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
/** Of several incidents that had a ticket one after the other, the newest. */
const byTicketSql = `
select distinct on (1) document -> 'ticket' ->> 'id' as ticket, number as incident, updated_at_ms as "changedAtMs"
from incidents where document -> 'ticket' ->> 'id' = any ($1) order by 1, number desc`;
const talkedSql = `
select place from commands where door = 'ticket' and came_at_ms > $1
group by place order by max(came_at_ms) desc limit $2`;

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

/** Ids of the tickets on which somebody said something to us since then, the newest first. */
export async function talkedOnSince(
  q: Queryable,
  sinceMs: number,
  limit: number,
): Promise<readonly string[]> {
  const rows = await q.query<{ place: string }>(talkedSql, [sinceMs, limit]);
  return rows.map(({ place }) => place);
}
