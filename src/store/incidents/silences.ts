/** Reads silences in force, and the incidents that one command silenced together. */
import type { Silence } from "../../incidents/silence.ts";
import type { Queryable, Tx } from "../query.ts";

const isSilenced = "document -> 'silence' ->> 'untilMs' is not null";
/** Cast to float8, because the stored time may have fractions of a millisecond. */
const untilMs = "(document -> 'silence' ->> 'untilMs')::float8";
const inScopesSql = `
select document -> 'silence' as silence from incidents
where ${isSilenced} and scope = any ($1) and ${untilMs} > $2 order by ${untilMs} desc`;
const togetherSql = `
select id from incidents
where ${isSilenced} and scope = $1 and document -> 'silence' ->> 'command' = $2 order by number`;

const ofIncidentSql = "select document -> 'silence' as silence from incidents where id = $1";

/** Null where the incident has no silence. */
export async function silenceOfIncident(q: Queryable, id: string): Promise<Silence | null> {
  const [row] = await q.query<{ silence: Silence | null }>(ofIncidentSql, [id]);
  return row?.silence ?? null;
}

/** The silences in force, the one that ends last first. Call it with the scopes locked. */
export async function silencesIn(
  tx: Tx,
  scopes: readonly string[],
  nowMs: number,
): Promise<readonly Silence[]> {
  if (scopes.length === 0) return [];
  const rows = await tx.query<{ silence: Silence }>(inScopesSql, [scopes, nowMs]);
  return rows.map(({ silence }) => silence);
}

/** Ids of the incidents of a scope that one command has silenced. */
export async function silencedBy(
  q: Queryable,
  { scope, command }: { readonly scope: string; readonly command: string },
): Promise<readonly string[]> {
  const rows = await q.query<{ id: string }>(togetherSql, [scope, command]);
  return rows.map(({ id }) => id);
}
