/** Incidents for people: filtered, newest first, page by page. */
import type { Digest } from "../../incidents/digest.ts";
import type { IncidentKind, Severity } from "../../incidents/episode.ts";
import type { Incident, IncidentState } from "../../incidents/incident.ts";
import { keyPart } from "../../model-key.ts";
import type { Queryable } from "../query.ts";
import { fromDocument, type IncidentDocument } from "./document.ts";

export interface IncidentFilter {
  readonly states?: readonly IncidentState[] | undefined;
  readonly severities?: readonly Severity[] | undefined;
  readonly kinds?: readonly IncidentKind[] | undefined;
  /** Name or key of a model or service that is, or was, a member. */
  readonly subject?: string | undefined;
  /** If true, only incidents that are silenced. */
  readonly isSilenced?: boolean | undefined;
  /** Only incidents with a lower number. Pass the `next` of the page before. */
  readonly before?: number | undefined;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

export interface IncidentPage {
  readonly items: readonly (Incident | Digest)[];
  /** What to pass as `before` for the next page; null on the last one. */
  readonly next: number | null;
}

/** The key of a model or of a service has the name as its fourth part. */
const listSql = `
select document from incidents i
where ($1::text[] is null or state = any ($1)) and ($2::text[] is null or severity = any ($2))
  and ($3::text[] is null or (document -> 'kinds')::jsonb ?| $3)
  and ($4::text is null or exists (
    select from incident_members m
    where m.incident = i.id and (split_part(m.subject, chr(10), 2) = $4 or split_part(m.subject, '/', 4) = $5)))
  and ($6::bigint is null or number < $6)
  and (not $8::boolean or document -> 'silence' ->> 'untilMs' is not null)
order by number desc limit $7`;

const byNumberSql = "select document from incidents where number = $1";

const countSql = `
select severity, count(*) as count from incidents where state <> 'resolved' group by severity`;

export async function listIncidents(
  q: Queryable,
  filter: IncidentFilter = {},
): Promise<IncidentPage> {
  const { states, severities, kinds, subject, before, limit = 100, isSilenced = false } = filter;
  const name = subject === undefined ? undefined : keyPart(subject);
  const values = [states, severities, kinds, subject, name, before, limit + 1, isSilenced];
  const rows = await q.query<{ document: IncidentDocument }>(listSql, values);
  const items = rows.slice(0, limit).map(({ document }) => fromDocument(document));
  return { items, next: rows.length > limit ? (items.at(-1)?.number ?? null) : null };
}

export async function incidentOfNumber(
  q: Queryable,
  number: number,
): Promise<Incident | Digest | undefined> {
  const [row] = await q.query<{ document: IncidentDocument }>(byNumberSql, [number]);
  return row && fromDocument(row.document);
}

/** Incidents that are not resolved, by severity. */
export async function countOpenIncidents(q: Queryable): Promise<ReadonlyMap<Severity, number>> {
  const rows = await q.query<{ severity: Severity; count: number }>(countSql);
  return new Map(rows.map(({ severity, count }) => [severity, count]));
}
