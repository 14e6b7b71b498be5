/** Deletes a batch of rows and returns how many were deleted. */
import type { Queryable, Value } from "./query.ts";

/** @param sql counts what it deleted as `count` */
export async function countedDelete(
  q: Queryable,
  sql: string,
  values: readonly Value[],
): Promise<number> {
  return (await q.query<{ count: number }>(sql, values))[0]?.count ?? 0;
}
