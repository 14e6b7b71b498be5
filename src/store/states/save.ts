/** Saves states in statements of about 2 MB: one bytea, cut by `substring`, is five times as fast as a bytea[]. */
import { fencedPartition, type PartitionPlace } from "../partitions/claim.ts";
import type { Queryable } from "../query.ts";
import type { ModelState } from "./state.ts";

const statementBytes = 2_000_000;

/** FOR KEY SHARE makes the next claim wait, but not decisions (see migrations/initial.ts). */
const sql = `
with owned as (
  select 1 from partitions where stream = $1 and partition = $2 and epoch = $3 for key share
), saved as (
  insert into states as s (stream, partition, model, applied_through, state)
  select $1, $2, m.model, m.applied, substring($4::bytea from m.first for m.length)
  from unnest($5::text[], $6::bigint[], $7::int[], $8::int[]) as m (model, applied, first, length)
  where exists (select from owned)
  on conflict (stream, partition, model) do update
  set applied_through = excluded.applied_through, state = excluded.state
)
select 1 from owned`;

/**
 * Each statement is a transaction of its own, because every state holds its own offset. A model must occur only once in
 * `states`.
 *
 * @throws StoreError DW_STORE_FENCED; states of earlier statements stay saved
 */
export async function saveStates(
  q: Queryable,
  fence: PartitionPlace & { readonly epoch: number },
  states: readonly ModelState[],
): Promise<void> {
  for (const chunk of chunks(states)) {
    const rows = await q.query(sql, [
      fence.stream,
      fence.partition,
      fence.epoch,
      ...columns(chunk),
    ]);
    if (rows.length === 0) throw fencedPartition(fence);
  }
}

function columns(states: readonly ModelState[]): [Buffer, string[], number[], number[], number[]] {
  let end = 1;
  const first = states.map(({ state }) => {
    end += state.length;
    return end - state.length;
  });
  return [
    Buffer.concat(states.map(({ state }) => state)),
    states.map(({ model }) => model),
    states.map(({ appliedThrough }) => appliedThrough),
    first,
    states.map(({ state }) => state.length),
  ];
}

function* chunks(states: readonly ModelState[]): Generator<readonly ModelState[]> {
  let chunk: ModelState[] = [];
  let bytes = 0;
  for (const state of states) {
    if (chunk.length > 0 && bytes + state.state.length > statementBytes) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(state);
    bytes += state.state.length;
  }
  if (chunk.length > 0) yield chunk;
}
