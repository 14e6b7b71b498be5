/**
 * The row of a partition: its owner, its epoch and its two offsets.
 *
 *     claimPartition()      epoch + 1   ──► every write under an earlier epoch finds no row, and is refused
 *     commitDecisions()     decided_offset moves forward
 *     moveReplayFrom()      replay_from moves forward
 *
 * # Fencing
 *
 * A process may be paused while another one takes its partition over, and may write after the pause. So each write
 * names the epoch of its claim. If there is a newer claim, no row matches and the write throws DW_STORE_FENCED.
 *
 * # Locks
 *
 * `claimPartition` waits for a statement that saves states of the partition. So no state of the earlier owner is
 * written after the new owner has loaded the states. The two offsets are explained in
 * src/detection/partition/worker.ts.
 */

import type { StoredRows } from "../../detection/partition/partition-rows.ts";
import { fenced } from "../errors.ts";
import { toJson } from "../json.ts";
import type { Queryable } from "../query.ts";

export interface PartitionPlace {
  readonly stream: string;
  readonly partition: number;
}

/** The right to write for a partition. A later claim has a higher epoch and fences this one. */
export interface Claim extends PartitionPlace {
  readonly epoch: number;
  /** Decisions at or below this offset are stored; -1 when none are stored. */
  readonly decidedOffset: number;
  /**
   * Offset from which the partition is read after a claim. Every change by a record below it is in a saved state.
   */
  readonly replayFrom: number;
  /** Counts of rows below `replayFrom` that are in no saved state, by outcome. */
  readonly rows: StoredRows;
}

const claimSql = `
insert into partitions as p (stream, partition, owner, epoch) values ($1, $2, $3, 1)
on conflict (stream, partition) do update set owner = excluded.owner, epoch = p.epoch + 1
returning epoch, decided_offset as "decidedOffset", replay_from as "replayFrom", rows`;

const decideSql = `
update partitions set decided_offset = greatest(decided_offset, $4)
where stream = $1 and partition = $2 and epoch = $3 returning epoch`;

/**
 * One statement does both. If the states of ended models were deleted first, a replay from before their end would treat
 * them as new models. The counts of the rows below the offset are stored with it, so each row counts once.
 */
const replaySql = `
with moved as (
  update partitions set replay_from = greatest(replay_from, $4),
    rows = case when $4 >= replay_from then $6::json else rows end
  where stream = $1 and partition = $2 and epoch = $3 returning epoch
), gone as (
  delete from states where stream = $1 and partition = $2 and model = any($5) and exists (select from moved)
)
select epoch from moved`;

const progressSql = `
select partition, owner, epoch, decided_offset as "decidedOffset", replay_from as "replayFrom"
from partitions where stream = $1 order by partition`;

/** Takes the partition over. Waits for states that are being saved. After that, the earlier owner is fenced. */
export async function claimPartition(
  q: Queryable,
  place: PartitionPlace,
  owner: string,
): Promise<Claim> {
  const { stream, partition } = place;
  const [row] = await q.query<Omit<Claim, keyof PartitionPlace>>(claimSql, [
    stream,
    partition,
    owner,
  ]);
  if (row === undefined) throw new Error("claiming a partition returned no row");
  return { stream, partition, ...row };
}

type Fence = PartitionPlace & { readonly epoch: number };

/**
 * Records that this transaction stores every decision at or below the offset. Call it first: it locks the partition.
 *
 * @throws StoreError DW_STORE_FENCED
 */
export async function commitDecisions(
  q: Queryable,
  fence: Fence,
  decidedOffset: number,
): Promise<void> {
  const rows = await q.query(decideSql, [...placeOf(fence), decidedOffset]);
  if (rows.length === 0) throw fencedPartition(fence);
}

/**
 * Records that everything below the offset is in saved states, and deletes the states of models that ended before it.
 *
 * @throws StoreError DW_STORE_FENCED
 */
export async function moveReplayFrom(
  q: Queryable,
  fence: Fence,
  boundary: Pick<Claim, "replayFrom" | "rows"> & { readonly ended: readonly string[] },
): Promise<void> {
  const { replayFrom, ended, rows } = boundary;
  const moved = await q.query(replaySql, [...placeOf(fence), replayFrom, ended, toJson(rows)]);
  if (moved.length === 0) throw fencedPartition(fence);
}

const placeOf = ({ stream, partition, epoch }: Fence): readonly [string, number, number] => [
  stream,
  partition,
  epoch,
];

export function fencedPartition({ stream, partition, epoch }: Fence): Error {
  return fenced(`partition ${partition} of stream ${stream}, epoch ${epoch},`);
}

export interface PartitionProgress {
  readonly partition: number;
  readonly owner: string;
  readonly epoch: number;
  readonly decidedOffset: number;
  readonly replayFrom: number;
}

export async function partitionProgress(
  q: Queryable,
  stream: string,
): Promise<readonly PartitionProgress[]> {
  return q.query<PartitionProgress>(progressSql, [stream]);
}
