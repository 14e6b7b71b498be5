/** Reads incidents for people: a page of them, or one by its number or id. */

import { listMembers } from "../store/incident-members/list.ts";
import { getIncident } from "../store/incidents/incident.ts";
import { type IncidentFilter, incidentOfNumber, listIncidents } from "../store/incidents/list.ts";
import type { Queryable } from "../store/query.ts";
import { type IncidentJson, incidentJson } from "./incident-json.ts";

export interface ShownIncidents {
  readonly items: readonly IncidentJson[];
  /** What to pass as `before` for the next page; null on the last one. */
  readonly next: number | null;
}

export async function shownIncidents(
  q: Queryable,
  filter: IncidentFilter,
): Promise<ShownIncidents> {
  const { items, next } = await listIncidents(q, filter);
  const lines = await listMembers(
    q,
    items.map(({ id }) => id),
  );
  return { items: items.map((item) => incidentJson(item, lines.get(item.id))), next };
}

/** @param name the number that people say aloud, or the id */
export async function shownIncident(q: Queryable, name: string): Promise<IncidentJson | undefined> {
  const isNumber = /^\d{1,15}$/.test(name);
  const found = await (isNumber ? incidentOfNumber(q, Number(name)) : getIncident(q, name));
  if (found === undefined) return undefined;
  return incidentJson(found, (await listMembers(q, [found.id])).get(found.id));
}
