/** How far a source was read: one document a source, whose shape the source room knows. */
import { toJson } from "../json.ts";
import type { Queryable } from "../query.ts";

const loadSql = "select document from source_progress where source = $1";
const saveSql = `
insert into source_progress (source, document) values ($1, $2)
on conflict (source) do update set document = excluded.document`;

/** @returns undefined before the first save */
export async function loadSourceProgress<Document>(
  q: Queryable,
  source: string,
): Promise<Document | undefined> {
  const [row] = await q.query<{ document: Document }>(loadSql, [source]);
  return row?.document;
}

export async function saveSourceProgress(
  q: Queryable,
  source: string,
  document: unknown,
): Promise<void> {
  await q.query(saveSql, [source, toJson(document)]);
}
