/** Reads the journal: the timeline of an incident, or everything in order. */
import type { Queryable } from "../query.ts";
import type { JournalRow } from "./seal.ts";

const columns = 'seq, incident, kind, at_ms as "atMs", body::text as body, hash';
const ofIncidentSql = `select ${columns} from journal where incident = $1 order by seq`;
const afterSql = `select ${columns} from journal where seq > $1 order by seq limit $2`;

/** The timeline of one incident, oldest first. */
export async function journalOf(q: Queryable, incident: string): Promise<readonly JournalRow[]> {
  return q.query<JournalRow>(ofIncidentSql, [incident]);
}

export async function readJournal(
  q: Queryable,
  afterSeq: number,
  limit: number,
): Promise<readonly JournalRow[]> {
  return q.query<JournalRow>(afterSql, [afterSeq, limit]);
}
