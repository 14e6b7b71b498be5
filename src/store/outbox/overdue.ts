/** Lists what people may have missed: tickets that are not confirmed, and proposals that expired without an answer. */
import type { Digest } from "../../incidents/digest.ts";
import type { Incident } from "../../incidents/incident.ts";
import { unansweredDetail } from "../../incidents/proposal.ts";
import { fromDocument, type IncidentDocument } from "../incidents/document.ts";
import type { Queryable } from "../query.ts";

export interface OverdueRow {
  readonly what: "ticket" | "question";
  /** Unique among all overdue rows of all times: the id of an effect, or of a run and its proposal. */
  readonly id: string;
  /** For a ticket: when it was promised. For a question: until when it could be answered. Ms since 1970. */
  readonly sinceMs: number;
  /**
   * For a ticket: why the last attempt failed; null if none failed. For a question: the four letters of the proposal.
   */
  readonly detail: string | null;
  readonly subject: Incident | Digest;
}

/** An incident needs no ticket if a digest reports it, its ticket is held back, or it is a part of another incident. */
const toBeTold = `i.document ->> 'inSummary' is null and i.document ->> 'heldBack' is null
  and i.document ->> 'partOf' is null`;
const unconfirmed = `o.effect ->> 'kind' in ('ticket.open', 'ticket.ensure') and o.created_at_ms <= $1::float8 - $2::float8
  and ($3::text is null or o.id = $3)`;
/** A dead effect counts while its incident is open. */
const ticketsSql = `
select 'ticket' as what, o.id, o.created_at_ms as "sinceMs", o.last_error as detail, i.document
from outbox o join incidents i on i.id = o.incident
where o.status in ('pending', 'working') and ${unconfirmed} and ${toBeTold}
union all
select 'ticket', o.id, o.created_at_ms, o.last_error, i.document
from outbox o join incidents i on i.id = o.incident
where o.status = 'dead' and i.state = 'open' and ${unconfirmed} and ${toBeTold}
order by "sinceMs"`;
const questionId = "(run ->> 'id') || ':' || (run -> 'proposal' ->> 'id')";
/** Leaves out an incident on which a person acted after the question ended, because that person has seen it. */
const questionsSql = `
select 'question' as what, ${questionId} as id,
  (run -> 'proposal' ->> 'untilMs')::float8 as "sinceMs", run -> 'proposal' ->> 'id' as detail, i.document
from incidents i, json_array_elements(i.document -> 'runs') run
where i.state = 'open' and i.document ->> 'partOf' is null and i.document -> 'silence' ->> 'untilMs' is null
  and run ->> 'status' = 'void' and run ->> 'detail' = $1
  and coalesce((i.document -> 'people' ->> 'lastAtMs')::float8, 0) < (run -> 'proposal' ->> 'untilMs')::float8
  and ($2::text is null or ${questionId} = $2)
order by "sinceMs"`;

export interface OverdueOptions {
  /** By the clock that stamps promises. */
  readonly nowMs: number;
  /** How long a ticket may take to be confirmed. */
  readonly ticketMs: number;
  /** Only the row with this id; all rows when left out. */
  readonly id?: string | undefined;
}

/** Tickets, then questions, each oldest first. */
export async function listOverdue(
  q: Queryable,
  { nowMs, ticketMs, id }: OverdueOptions,
): Promise<readonly OverdueRow[]> {
  type Row = Omit<OverdueRow, "subject"> & { readonly document: IncidentDocument };
  const rows = [
    ...(await q.query<Row>(ticketsSql, [nowMs, ticketMs, id])),
    ...(await q.query<Row>(questionsSql, [unansweredDetail, id])),
  ];
  return rows.map(({ document, ...row }) => ({ ...row, subject: fromDocument(document) }));
}
