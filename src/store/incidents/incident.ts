/** Stores incidents and digests as documents. They change only while their scope is locked. */
import type { Digest } from "../../incidents/digest.ts";
import { isDigest } from "../../incidents/digest.ts";
import type { Incident } from "../../incidents/incident.ts";
import { presentOf } from "../../incidents/member.ts";
import { toJson } from "../json.ts";
import type { Queryable, Tx } from "../query.ts";
import {
  fromDocument,
  type IncidentDocument,
  scopeColumn,
  subjectColumn,
  toDocument,
} from "./document.ts";

interface IncidentRow {
  readonly document: IncidentDocument;
}

const lockSql = `
select pg_advisory_xact_lock(hashtextextended('incidents of ' || scope, 0)) from unnest($1::text[]) as s (scope)`;
const latestSql = `
select distinct on (fingerprint) document from incidents where fingerprint = any ($1) order by fingerprint, number desc`;
const scopesSql = "select id, scope from incidents where id = any ($1)";
const byIdsSql = "select document from incidents where id = any ($1) order by id";
const counterSql = "select last + 1 as next from incident_counter for update";
const countedSql = "update incident_counter set last = greatest(last, $1)";
const insertSql = `
insert into incidents (id, number, fingerprint, subject, model, severity, state, document, updated_at_ms, scope,
  first_at, cause, size, ticket_promised_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;
const updateSql = `
update incidents set severity = $2, state = $3, document = $4, updated_at_ms = $5, first_at = $6, cause = $7, size = $8,
  ticket_promised_at_ms = $9
where id = $1 returning id`;

/**
 * Locks scopes until the transaction ends. The lock needs no row, so it also covers the first event of a source. A
 * second event waits and then reads the incident that the first one opened.
 *
 * @param scopes sorted, so that no two transactions deadlock
 */
export async function lockScopes(tx: Tx, scopes: readonly string[]): Promise<void> {
  if (scopes.length > 0) await tx.query(lockSql, [scopes]);
}

/** The newest incident or digest of each fingerprint that has one. Call it with their scopes locked. */
export async function latestOf(
  tx: Tx,
  fingerprints: readonly string[],
): Promise<readonly (Incident | Digest)[]> {
  if (fingerprints.length === 0) return [];
  return documents(await tx.query<IncidentRow>(latestSql, [fingerprints]));
}

/** Scopes of incidents, by id. Incidents that are not stored are left out. A scope never changes. */
export async function scopesOf(
  q: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await q.query<{ id: string; scope: string }>(scopesSql, [ids]);
  return new Map(rows.map(({ id, scope }) => [id, scope]));
}

export async function getIncidents(
  q: Queryable,
  ids: readonly string[],
): Promise<readonly (Incident | Digest)[]> {
  return ids.length === 0 ? [] : documents(await q.query<IncidentRow>(byIdsSql, [ids]));
}

export async function getIncident(
  q: Queryable,
  id: string,
): Promise<Incident | Digest | undefined> {
  return (await getIncidents(q, [id]))[0];
}

const documents = (rows: readonly IncidentRow[]): readonly (Incident | Digest)[] =>
  rows.map(({ document }) => fromDocument(document));

/**
 * The number of the next incident. Locks the counter until the transaction ends. Only `insertIncident` increments the
 * counter.
 */
export async function nextIncidentNumber(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ next: number }>(counterSql);
  if (row === undefined) throw new Error("the incident counter has no row");
  return row.next;
}

export async function insertIncident(
  tx: Tx,
  incident: Incident | Digest,
  nowMs: number,
): Promise<void> {
  const document = toDocument(incident);
  await tx.query(countedSql, [incident.number]);
  await tx.query(insertSql, [
    incident.id,
    incident.number,
    incident.fingerprint,
    subjectColumn(incident),
    document.model ?? "",
    incident.severity,
    incident.state,
    toJson(document),
    nowMs,
    scopeColumn(incident),
    ...placeColumns(incident),
  ]);
}

/** Call it with the scope locked. */
export async function updateIncident(
  tx: Tx,
  incident: Incident | Digest,
  nowMs: number,
): Promise<void> {
  const { id, severity, state } = incident;
  const values = [id, severity, state, toJson(toDocument(incident)), nowMs];
  const rows = await tx.query(updateSql, [...values, ...placeColumns(incident)]);
  if (rows.length === 0) throw new Error(`incident ${id} is not stored`);
}

/** The columns that placing selects by. They are empty for a digest, because nothing joins a digest. */
function placeColumns(
  incident: Incident | Digest,
): readonly [number | null, string | null, number, number | null] {
  if (isDigest(incident)) return [null, null, 0, null];
  const { group, members, ticketPromisedAtMs } = incident;
  return [group.at, group.cause, presentOf(members), ticketPromisedAtMs ?? null];
}
