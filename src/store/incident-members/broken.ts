/** The broken members of an incident: their models and their episodes. */
import type { Episode } from "../../incidents/episode.ts";
import type { ModelKey } from "../../model-key.ts";
import type { Queryable } from "../query.ts";

const sql = `
select split_part(subject, chr(10), 2) as model from incident_members
where incident = $1 and state = 'joined' and subject like 'model' || chr(10) || '%' order by 1`;

const episodesSql = `
select document from incident_members
where incident = $1 and state = 'joined' order by severity, score desc, subject`;

/** The newest episodes of the members that are broken now, the most important first. */
export async function brokenEpisodes(q: Queryable, incident: string): Promise<readonly Episode[]> {
  const rows = await q.query<{ document: Episode }>(episodesSql, [incident]);
  return rows.map(({ document }) => document);
}

export async function brokenModels(q: Queryable, incident: string): Promise<readonly ModelKey[]> {
  const rows = await q.query<{ model: ModelKey }>(sql, [incident]);
  return rows.map(({ model }) => model);
}
