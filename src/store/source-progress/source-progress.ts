/** Stores the reading progress of sources, one document for each source. The source room defines its content. */
import { fenced } from "../errors.ts";
import { toJson } from "../json.ts";
import type { Lease } from "../leases/lease.ts";
import type { Queryable } from "../query.ts";

const loadSql = "select document from source_progress where source = $1";
/**
 * The lease's row is locked against a takeover until the document is stored. The next holder reads the document after
 * its takeover. So it reads this document, or this save is refused.
 */
const saveSql = `
with mine as (select from leases where name = $3 and owner = $4 and epoch = $5 for share)
insert into source_progress as p (source, document) select $1, $2::json from mine
on conflict (source) do update set document = excluded.document
returning p.source`;

/** Whether a daemon has ever begun to read a source. */
export async function isAnySourceRead(q: Queryable): Promise<boolean> {
  const rows = await q.query("select from source_progress limit 1");
  return rows.length > 0;
}

/** @returns undefined before the first save */
export async function loadSourceProgress<Document>(
  q: Queryable,
  source: string,
): Promise<Document | undefined> {
  const [row] = await q.query<{ document: Document }>(loadSql, [source]);
  return row?.document;
}

/**
 * Replaces the document, unless the lease was taken over.
 *
 * @throws StoreError DW_STORE_FENCED; nothing is changed then
 */
export async function saveSourceProgress(
  q: Queryable,
  { source, lease }: { readonly source: string; readonly lease: Lease },
  document: unknown,
): Promise<void> {
  const { name, owner, epoch } = lease;
  const saved = await q.query(saveSql, [source, toJson(document), name, owner, epoch]);
  if (saved.length === 0) throw fenced(`source ${source}, epoch ${epoch},`);
}
