/** Incidents: one document each, changed only while it is locked; at most one of a fingerprint is not resolved. */
import type { Incident } from "../../incidents/incident.ts";
import { toJson } from "../json.ts";
import type { Queryable, Tx } from "../query.ts";

interface Row {
  readonly document: Incident;
}

const lockFingerprintSql = "select pg_advisory_xact_lock(hashtextextended('incident ' || $1, 0))";
const latestSql = `
select document from incidents where fingerprint = $1 order by number desc limit 1 for update`;
const fingerprintSql = "select fingerprint from incidents where id = $1";
const byIdSql = "select document from incidents where id = $1";
const counterSql = "select last + 1 as next from incident_counter for update";
const countedSql = "update incident_counter set last = greatest(last, $1)";
const insertSql = `
insert into incidents (id, number, fingerprint, model, severity, state, document, updated_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8)`;
const updateSql = `
update incidents set severity = $2, state = $3, document = $4, updated_at_ms = $5 where id = $1 returning id`;

/**
 * The newest incident of the fingerprint, locked until the transaction ends; undefined when there is none. Also two
 * first events of a fingerprint wait for each other, so that both see the incident that one of them opens.
 */
export async function lockLatestIncident(
  tx: Tx,
  fingerprint: string,
): Promise<Incident | undefined> {
  await tx.query(lockFingerprintSql, [fingerprint]);
  return (await tx.query<Row>(latestSql, [fingerprint]))[0]?.document;
}

/** The incident of this id, locked in the same order as by fingerprint; undefined when there is none. */
export async function lockIncident(tx: Tx, id: string): Promise<Incident | undefined> {
  const [row] = await tx.query<{ fingerprint: string }>(fingerprintSql, [id]);
  if (row === undefined) return undefined;
  await tx.query(lockFingerprintSql, [row.fingerprint]);
  return (await tx.query<Row>(`${byIdSql} for update`, [id]))[0]?.document;
}

export async function getIncident(q: Queryable, id: string): Promise<Incident | undefined> {
  return (await q.query<Row>(byIdSql, [id]))[0]?.document;
}

/** The number the next incident gets. Locks the counter until the transaction ends; only `insertIncident` uses it up. */
export async function nextIncidentNumber(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ next: number }>(counterSql);
  if (row === undefined) throw new Error("the incident counter has no row");
  return row.next;
}

/** Fails with a unique violation when the fingerprint has an incident that is not resolved. */
export async function insertIncident(tx: Tx, incident: Incident, nowMs: number): Promise<void> {
  await tx.query(countedSql, [incident.number]);
  await tx.query(insertSql, [
    incident.id,
    incident.number,
    incident.fingerprint,
    incident.model,
    incident.severity,
    incident.state,
    toJson(incident),
    nowMs,
  ]);
}

/** Call it with the incident locked. */
export async function updateIncident(tx: Tx, incident: Incident, nowMs: number): Promise<void> {
  const { id, severity, state } = incident;
  const rows = await tx.query(updateSql, [id, severity, state, toJson(incident), nowMs]);
  if (rows.length === 0) throw new Error(`incident ${id} is not stored`);
}
