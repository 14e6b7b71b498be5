/** Loads the states of a partition page by page. So a large partition is never in memory twice. */
import type { PartitionPlace } from "../partitions/claim.ts";
import type { Queryable } from "../query.ts";
import type { ModelState } from "./state.ts";

const pageModels = 200;

const sql = `
select model, applied_through as "appliedThrough", state from states
where stream = $1 and partition = $2 and model > $3 order by model limit ${pageModels}`;

/** @yields states in order of the model key */
export async function* loadStates(
  q: Queryable,
  { stream, partition }: PartitionPlace,
): AsyncGenerator<ModelState> {
  for (let after = ""; ; ) {
    const page = await q.query<ModelState>(sql, [stream, partition, after]);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageModels) return;
    after = last.model;
  }
}
