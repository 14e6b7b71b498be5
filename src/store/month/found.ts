/**
 * Reads the incidents that opened within a time range, for the report of a month. Digests, and incidents that became
 * part of another one, are left out.
 */
import type { PersonsVerdict } from "../../incidents/deed.ts";
import type { Queryable } from "../query.ts";
import type { MonthRange } from "./range.ts";

/** Times are ms since 1970. Null means that it has not happened, or that the journal no longer holds it. */
export interface FoundIncident {
  readonly number: number;
  /** Key of the model or service. */
  readonly subject: string;
  readonly openedAtMs: number;
  readonly resolvedAtMs: number | null;
  readonly verdict: PersonsVerdict | null;
  /** Key of its ticket. */
  readonly ticket: string | null;
  /** Mails that the watchers of its ticket received. */
  readonly mails: number | null;
  /** When the fault began, by the rows. */
  readonly beganAtMs: number | null;
  readonly toldAtMs: number | null;
  /** When a person first did something to it. */
  readonly answeredAtMs: number | null;
}

const sql = `
select i.number, split_part(i.subject, chr(10), 2) as subject, d.opened as "openedAtMs",
  (d.document ->> 'resolvedAtMs')::float8 as "resolvedAtMs",
  d.document -> 'people' -> 'verdict' ->> 'verdict' as verdict, d.document -> 'ticket' ->> 'key' as ticket,
  (d.document -> 'mails' ->> 'sent')::int as mails, j.began as "beganAtMs", j.told as "toldAtMs", j.answered as "answeredAtMs"
from incidents i
cross join lateral (
  select i.document::jsonb as document, (i.document ->> 'openedAtMs')::float8 as opened) as d
cross join lateral (
  select min(coalesce((body -> 'onset' ->> 'from')::float8, (body ->> 'at')::float8)) filter (where kind = 'episode_opened') / 1000 as began,
    min(at_ms) filter (where kind = 'ticket_opened') as told, min(at_ms) filter (where kind = 'commanded') as answered
  from journal where incident = i.id) as j
where d.opened >= $1 and d.opened < $2 and d.document ->> 'partOf' is null and d.document -> 'missed' is null
order by i.number`;

export function incidentsFound(
  q: Queryable,
  { startMs, endMs }: MonthRange,
): Promise<readonly FoundIncident[]> {
  return q.query<FoundIncident>(sql, [startMs, endMs]);
}
