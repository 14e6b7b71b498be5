/** Reads an incident by its number, and the open incidents. */
import type { Digest } from "../../incidents/digest.ts";
import type { Incident } from "../../incidents/incident.ts";
import type { Queryable } from "../query.ts";
import { fromDocument, type IncidentDocument } from "./document.ts";

interface IncidentRow {
  readonly document: IncidentDocument;
}

const byNumberSql = `
with recursive found as (
  select id, scope, document from incidents where number = $1
  union all
  select whole.id, whole.scope, whole.document from found
  join incidents as whole on whole.id = found.document ->> 'partOf')
select scope, document from found where document ->> 'partOf' is null limit 1`;
const openSql = `
select document from incidents where state <> 'resolved' and document ->> 'partOf' is null order by number desc limit $1`;

export interface NumberedIncident {
  readonly incident: Incident | Digest;
  readonly scope: string;
}

/** The incident of this number, or the incident that it became a part of; undefined when there is none. */
export async function incidentByNumber(
  q: Queryable,
  number: number,
): Promise<NumberedIncident | undefined> {
  const [row] = await q.query<IncidentRow & { scope: string }>(byNumberSql, [number]);
  return row && { incident: fromDocument(row.document), scope: row.scope };
}

/** Newest first. */
export async function openIncidents(
  q: Queryable,
  limit: number,
): Promise<readonly (Incident | Digest)[]> {
  const rows = await q.query<IncidentRow>(openSql, [limit]);
  return rows.map(({ document }) => fromDocument(document));
}
