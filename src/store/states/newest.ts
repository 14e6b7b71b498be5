/** The newest saved state of one model. */
import type { ModelKey } from "../../model-key.ts";
import type { Queryable } from "../query.ts";

const sql = `select state from states where stream = $1 and model = $2 order by applied_through desc limit 1`;

/** @returns undefined before its first state is saved */
export async function newestState(
  q: Queryable,
  { stream, model }: { readonly stream: string; readonly model: ModelKey },
): Promise<Uint8Array | undefined> {
  const [row] = await q.query<{ state: Uint8Array }>(sql, [stream, model]);
  return row?.state;
}
