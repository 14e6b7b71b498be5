/** Reads, declares and ends freezes. */
import type { Freeze } from "../../incidents/freeze.ts";
import { toJson } from "../json.ts";
import type { Queryable, Tx } from "../query.ts";

const columns = `id, name, reason, by, at_ms as "atMs", coalesce(declared_at_ms, at_ms) as "declaredAtMs", until_ms as "untilMs", matchers,
  ended_at_ms as "endedAtMs", ended_by as "endedBy"`;
const notOverSql = `
select ${columns} from freezes where ended_at_ms is null and until_ms > $1 order by at_ms, id collate "C"`;
const insertSql = `
insert into freezes (id, name, reason, by, at_ms, until_ms, matchers, declared_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8)`;
const endSql =
  "update freezes set ended_at_ms = $2, ended_by = $3 where id = $1 and ended_at_ms is null";

/** The freezes in force or planned: no person has ended them, and their time is not over. Sorted by start. */
export function freezesNotOver(q: Queryable, nowMs: number): Promise<readonly Freeze[]> {
  return q.query<Freeze>(notOverSql, [nowMs]);
}

export async function insertFreeze(tx: Tx, freeze: Freeze): Promise<void> {
  const { id, name, reason, by, atMs, declaredAtMs, untilMs, matchers } = freeze;
  await tx.query(insertSql, [id, name, reason, by, atMs, untilMs, toJson(matchers), declaredAtMs]);
}

/** Ends a freeze before its time, on a person's command. */
export async function endFreeze(
  tx: Tx,
  { id, atMs, by }: { readonly id: string; readonly atMs: number; readonly by: string },
): Promise<void> {
  await tx.query(endSql, [id, atMs, by]);
}
