/** Stores one document for each probed service: what its probes have seen, and its open episode. */
import { toJson } from "../json.ts";
import type { Queryable, Tx } from "../query.ts";

const readSql = "select document from service_watches where fingerprint = $1";
const makeSql = `
insert into service_watches (fingerprint, subject, document, updated_at_ms) values ($1, $2, '{}', $3)
on conflict (fingerprint) do nothing`;
const lockSql = "select document from service_watches where fingerprint = $1 for update";
const saveSql =
  "update service_watches set document = $2, updated_at_ms = $3 where fingerprint = $1";
const openSql = `
select fingerprint, subject, document from service_watches
where document -> 'open' is not null order by fingerprint`;

/** A stored service. The document is the caller's; this file reads only whether it has an `open` episode. */
export interface StoredWatch<Document> {
  readonly fingerprint: string;
  /** Text of the subject. */
  readonly subject: string;
  readonly document: Document;
}

/** @returns undefined for a service of which nothing was stored yet */
export async function readWatch<Document>(
  q: Queryable,
  fingerprint: string,
): Promise<Document | undefined> {
  const [row] = await q.query<{ document: Document }>(readSql, [fingerprint]);
  return row?.document;
}

/**
 * Locks the document until the transaction ends. Lock it before incidents are locked. A new one is an empty object.
 */
export async function lockWatch<Document>(
  tx: Tx,
  { fingerprint, subject }: Omit<StoredWatch<Document>, "document">,
  nowMs: number,
): Promise<Document | undefined> {
  await tx.query(makeSql, [fingerprint, subject, nowMs]);
  const [row] = await tx.query<{ document: Document }>(lockSql, [fingerprint]);
  return row?.document;
}

export async function saveWatch<Document>(
  tx: Tx,
  { fingerprint, document }: Omit<StoredWatch<Document>, "subject">,
  nowMs: number,
): Promise<void> {
  await tx.query(saveSql, [fingerprint, toJson(document), nowMs]);
}

/** The services that have an open episode. */
export function openWatches<Document>(q: Queryable): Promise<readonly StoredWatch<Document>[]> {
  return q.query<StoredWatch<Document>>(openSql);
}
