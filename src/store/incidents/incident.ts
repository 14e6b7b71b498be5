/** Stores incidents and digests as documents. They change only while locked; one of a fingerprint is not resolved. */
import type { Digest } from "../../incidents/digest.ts";
import type { Incident } from "../../incidents/incident.ts";
import { toJson } from "../json.ts";
import type { Queryable, Tx } from "../query.ts";
import { fromDocument, type IncidentDocument, subjectColumn, toDocument } from "./document.ts";

interface IncidentRow {
  readonly document: IncidentDocument;
}

const lockSql = `
select pg_advisory_xact_lock(hashtextextended('incident ' || fingerprint, 0)) from unnest($1::text[]) as f (fingerprint)`;
const latestSql = `
select distinct on (fingerprint) document from incidents where fingerprint = any ($1) order by fingerprint, number desc`;
const fingerprintsSql = "select id, fingerprint from incidents where id = any ($1)";
const byIdsSql = "select document from incidents where id = any ($1)";
const counterSql = "select last + 1 as next from incident_counter for update";
const countedSql = "update incident_counter set last = greatest(last, $1)";
const insertSql = `
insert into incidents (id, number, fingerprint, subject, model, severity, state, document, updated_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;
const updateSql = `
update incidents set severity = $2, state = $3, document = $4, updated_at_ms = $5 where id = $1 returning id`;

/**
 * Locks the fingerprints until the transaction ends. Also two first events of a fingerprint wait for each other, so that
 * both see the incident that one of them opens.
 *
 * @param fingerprints sorted, so that no two transactions wait for each other
 */
export async function lockFingerprints(tx: Tx, fingerprints: readonly string[]): Promise<void> {
  if (fingerprints.length > 0) await tx.query(lockSql, [fingerprints]);
}

/** The newest incident or digest of each fingerprint that has one. Call it with the fingerprints locked. */
export async function latestOf(
  tx: Tx,
  fingerprints: readonly string[],
): Promise<readonly (Incident | Digest)[]> {
  if (fingerprints.length === 0) return [];
  return documents(await tx.query<IncidentRow>(latestSql, [fingerprints]));
}

/** Fingerprints of incidents, by id; those that are not stored are left out. */
export async function fingerprintsOf(
  q: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await q.query<{ id: string; fingerprint: string }>(fingerprintsSql, [ids]);
  return new Map(rows.map(({ id, fingerprint }) => [id, fingerprint]));
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

/** The number the next incident gets. Locks the counter until the transaction ends; only `insertIncident` uses it up. */
export async function nextIncidentNumber(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ next: number }>(counterSql);
  if (row === undefined) throw new Error("the incident counter has no row");
  return row.next;
}

/** Fails with a unique violation when the fingerprint has an incident that is not resolved. */
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
  ]);
}

/** Call it with the incident locked. */
export async function updateIncident(
  tx: Tx,
  incident: Incident | Digest,
  nowMs: number,
): Promise<void> {
  const { id, severity, state } = incident;
  const values = [id, severity, state, toJson(toDocument(incident)), nowMs];
  const rows = await tx.query(updateSql, values);
  if (rows.length === 0) throw new Error(`incident ${id} is not stored`);
}
