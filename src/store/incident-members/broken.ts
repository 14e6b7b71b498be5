/** The models of an incident that are broken now. */
import type { ModelKey } from "../../model-key.ts";
import type { Queryable } from "../query.ts";

const sql = `
select split_part(subject, chr(10), 2) as model from incident_members
where incident = $1 and state = 'joined' and subject like 'model' || chr(10) || '%' order by 1`;

export async function brokenModels(q: Queryable, incident: string): Promise<readonly ModelKey[]> {
  const rows = await q.query<{ model: ModelKey }>(sql, [incident]);
  return rows.map(({ model }) => model);
}
