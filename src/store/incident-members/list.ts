/** Lists the members of an incident for people, the most important first. */
import type { Episode, Severity } from "../../incidents/episode.ts";
import type { MemberState } from "../../incidents/member.ts";
import { type ListedMember, namedMembers } from "../../incidents/member-list.ts";
import type { Queryable } from "../query.ts";

interface MemberRow {
  readonly incident: string;
  readonly state: MemberState;
  readonly severity: Severity;
  readonly document: Episode;
}

const sql = `
select * from (
  select incident, state, severity, document, row_number() over (
    partition by incident order by case state when 'joined' then 0 when 'recovered' then 1 else 2 end, severity,
      score desc, subject) as place
  from incident_members where incident = any ($1)) as placed
where place <= $2 order by incident, place`;

/** By incident: its most important members, broken ones first. */
export async function listMembers(
  q: Queryable,
  incidents: readonly string[],
): Promise<ReadonlyMap<string, readonly ListedMember[]>> {
  const rows = await q.query<MemberRow>(sql, [incidents, namedMembers]);
  const lines = new Map<string, ListedMember[]>();
  for (const { incident, state, severity, document: episode } of rows)
    lines.set(incident, [...(lines.get(incident) ?? []), { state, severity, episode }]);
  return lines;
}
