/** Incidents for people: filtered, newest first, page by page. */
import type { Severity } from "../../incidents/episode.ts";
import type { IncidentState } from "../../incidents/incident.ts";
import type { Queryable } from "../query.ts";
import type { IncidentDocument } from "./document.ts";

export interface IncidentFilter {
  readonly states?: readonly IncidentState[];
  readonly severities?: readonly Severity[];
  readonly model?: string;
  /** Only incidents with a lower number: the `next` of the page before. */
  readonly before?: number;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

export interface IncidentPage {
  /** As stored: this is what the API shows. */
  readonly items: readonly IncidentDocument[];
  /** What to pass as `before` for the next page; null on the last one. */
  readonly next: number | null;
}

const listSql = `
select document from incidents
where ($1::text[] is null or state = any ($1)) and ($2::text[] is null or severity = any ($2))
  and ($3::text is null or model = $3) and ($4::bigint is null or number < $4)
order by number desc limit $5`;

const countSql = `
select severity, count(*) as count from incidents where state <> 'resolved' group by severity`;

export async function listIncidents(
  q: Queryable,
  filter: IncidentFilter = {},
): Promise<IncidentPage> {
  const { states, severities, model, before, limit = 100 } = filter;
  const rows = await q.query<{ document: IncidentDocument }>(listSql, [
    states,
    severities,
    model,
    before,
    limit + 1,
  ]);
  const items = rows.slice(0, limit).map((row) => row.document);
  return { items, next: rows.length > limit ? (items.at(-1)?.number ?? null) : null };
}

/** Incidents that are not resolved, by severity. */
export async function countOpenIncidents(q: Queryable): Promise<ReadonlyMap<Severity, number>> {
  const rows = await q.query<{ severity: Severity; count: number }>(countSql);
  return new Map(rows.map(({ severity, count }) => [severity, count]));
}
