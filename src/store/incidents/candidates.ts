/**
 * Reads the inputs of placing an episode: the unresolved incidents and the number of models of a source, and the number
 * of new tickets.
 */
import { silence } from "../../incidents/cause.ts";
import type { Candidate } from "../../incidents/place.ts";
import type { Queryable, Tx } from "../query.ts";

export interface CandidateFilter {
  readonly scopes: readonly string[];
  /**
   * Selects first episodes between these times, microseconds since 1970. Episodes of silence are selected at any time.
   */
  readonly from: number;
  readonly until: number;
}

interface CandidateRow extends Candidate {
  readonly scope: string;
}

const candidatesSql = `
select i.scope, i.id as incident, i.first_at as at, i.cause, i.size, exists (
    select from outbox o where o.incident = i.id and o.status = 'pending' and o.attempts = 0
      and o.effect ->> 'kind' = 'ticket.open') as untold
from incidents i
where i.scope = any ($1) and i.state <> 'resolved' and (i.first_at between $2 and $3 or i.cause = $4) and i.cause is not null
order by i.number`;
const modelsSql = `
select count(distinct model)::int as count from states where model >= $1 and model < $2`;
const newTicketsSql =
  "select count(*)::int as count from incidents where ticket_promised_at_ms > $1";

/** By scope, oldest first. Call it with the scopes locked. */
export async function candidatesOf(
  tx: Tx,
  { scopes, from, until }: CandidateFilter,
): Promise<ReadonlyMap<string, readonly Candidate[]>> {
  if (scopes.length === 0) return new Map();
  const rows = await tx.query<CandidateRow>(candidatesSql, [scopes, from, until, silence]);
  return new Map(
    scopes.map((scope) => [
      scope,
      rows.filter((row) => row.scope === scope).map(({ scope: _its, ...candidate }) => candidate),
    ]),
  );
}

/** Models of a source that have a saved state. @param scope of the source; it ends with `/` */
export async function countSourceModels(q: Queryable, scope: string): Promise<number> {
  // "0" follows "/" in the order of code points, so this is the range of all keys that begin with the scope.
  const [row] = await q.query<{ count: number }>(modelsSql, [scope, `${scope.slice(0, -1)}0`]);
  return row?.count ?? 0;
}

/** How many incidents had their first ticket promised since `sinceMs`. Call it with the counter locked. */
export async function countNewTickets(tx: Tx, sinceMs: number): Promise<number> {
  const [row] = await tx.query<{ count: number }>(newTicketsSql, [sinceMs]);
  return row?.count ?? 0;
}
