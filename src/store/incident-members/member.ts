/** Stores each member of an incident in its own row. So a change of one member rewrites no other. */
import { causeOf, guiltyFeature } from "../../incidents/cause.ts";
import { type Episode, isModelEpisode, subjectOf } from "../../incidents/episode.ts";
import type { IncidentMember, MemberState } from "../../incidents/member.ts";
import type { Membership } from "../../incidents/place.ts";
import { severityOf } from "../../incidents/severity.ts";
import { subjectText } from "../../incidents/subject.ts";
import { toJson } from "../json.ts";
import type { Queryable, Tx } from "../query.ts";

/** The present membership of a subject, or else its last one. */
export interface StoredMembership extends IncidentMember {
  readonly membership: Membership;
}

interface MemberRow {
  readonly incident: string;
  readonly fingerprint: string;
  readonly state: MemberState;
  readonly joinedAtMs: number;
  readonly document: Episode;
}

interface MembershipRow extends MemberRow {
  readonly shared: boolean;
  readonly resolvedAtMs: number | null;
}

const columns = `m.incident, m.fingerprint, m.state, m.joined_at as "joinedAtMs", m.document`;
const newestSql = `
select distinct on (m.fingerprint) ${columns},
  exists (select from incident_members o where o.incident = m.incident and o.fingerprint <> m.fingerprint) as shared,
  case when i.state = 'resolved' then coalesce((i.document ->> 'resolvedAtMs')::float8, i.updated_at_ms) end as "resolvedAtMs"
from incident_members m join incidents i on i.id = m.incident
where m.fingerprint = any ($1)
order by m.fingerprint, m.state = 'left', i.number desc`;
const byEpisodeSql = `
select ${columns} from incident_members m
where (m.incident, m.episode) in (select * from unnest($1::text[], $2::text[]))`;
const saveSql = `
insert into incident_members
  (incident, fingerprint, subject, kind, feature, episode, state, joined_at, severity, score, document)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (incident, fingerprint) do update set kind = excluded.kind, feature = excluded.feature,
  episode = excluded.episode, state = excluded.state, joined_at = excluded.joined_at, severity = excluded.severity,
  score = excluded.score, document = excluded.document`;
const stateSql = "update incident_members set state = $3 where incident = $1 and fingerprint = $2";
const makeRoomSql = `
delete from incident_members a using incident_members b
where a.incident = $2 and b.incident = $1 and a.fingerprint = b.fingerprint`;
const moveSql =
  "update incident_members set incident = $2 where incident = $1 returning fingerprint";

/** The present or last membership of each fingerprint that has one. Call it with the scope locked. */
export async function membershipsOf(
  tx: Tx,
  fingerprints: readonly string[],
): Promise<readonly StoredMembership[]> {
  if (fingerprints.length === 0) return [];
  const rows = await tx.query<MembershipRow>(newestSql, [fingerprints]);
  return rows.map((row) => ({ ...stored(row), membership: membershipOf(row) }));
}

/** The members whose newest episodes these are. */
export async function membersByEpisode(
  q: Queryable,
  wanted: readonly { readonly incident: string; readonly episode: string }[],
): Promise<readonly IncidentMember[]> {
  if (wanted.length === 0) return [];
  const rows = await q.query<MemberRow>(byEpisodeSql, [
    wanted.map(({ incident }) => incident),
    wanted.map(({ episode }) => episode),
  ]);
  return rows.map(stored);
}

/** Fails with a unique violation when the subject is still a member of another incident. */
export async function saveMember(tx: Tx, { incident, member }: IncidentMember): Promise<void> {
  const { fingerprint, subject, episode, state, joinedAtMs } = member;
  await tx.query(saveSql, [
    incident,
    fingerprint,
    subjectText(subject),
    episode.kind,
    guiltyFeature(episode) ?? null,
    episode.id,
    state,
    joinedAtMs,
    severityOf(episode),
    scoreOf(episode),
    toJson(episode),
  ]);
}

/** Writes only the state. */
export async function saveMemberState(tx: Tx, { incident, member }: IncidentMember): Promise<void> {
  await tx.query(stateSql, [incident, member.fingerprint, member.state]);
}

/** The key of a member in its seal. */
export const memberKey = (incident: string, fingerprint: string): string =>
  `${incident}\n${fingerprint}`;

/** Moves all members of an incident to another one. @returns their old and new keys */
export async function moveMembers(
  tx: Tx,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<readonly string[]> {
  await tx.query(makeRoomSql, [from, to]);
  const moved = await tx.query<{ fingerprint: string }>(moveSql, [from, to]);
  return moved.flatMap(({ fingerprint }) => [
    memberKey(from, fingerprint),
    memberKey(to, fingerprint),
  ]);
}

/** An infinite score is stored as 0. The column could hold infinity, and lists would show it. */
const scoreOf = (episode: Episode): number =>
  isModelEpisode(episode) && Number.isFinite(episode.score) ? episode.score : 0;

function stored({ incident, document, ...row }: MemberRow): IncidentMember {
  const { fingerprint, state, joinedAtMs } = row;
  const subject = subjectOf(document);
  return { incident, member: { fingerprint, subject, state, joinedAtMs, episode: document } };
}

function membershipOf({
  incident,
  state,
  document,
  shared,
  resolvedAtMs,
}: MembershipRow): Membership {
  return {
    incident,
    state,
    kind: document.kind,
    cause: causeOf(document),
    shared,
    resolvedAtMs: resolvedAtMs ?? undefined,
  };
}
