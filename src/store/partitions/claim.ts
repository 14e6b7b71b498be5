/** A partition's owner, its epoch, and how far it got. Every write of the owner is fenced by the epoch. */
import { fenced } from "../errors.ts";
import type { Queryable } from "../query.ts";

export interface PartitionPlace {
  readonly stream: string;
  readonly partition: number;
}

/** The right to write for a partition; every later claim has a higher epoch and fences this one. */
export interface Claim extends PartitionPlace {
  readonly epoch: number;
  /** Decisions at or below it are stored; -1 when there are none. */
  readonly decidedOffset: number;
  /** Where to read from so that every model catches up. */
  readonly replayFrom: number;
}

const claimSql = `
insert into partitions as p (stream, partition, owner, epoch) values ($1, $2, $3, 1)
on conflict (stream, partition) do update set owner = excluded.owner, epoch = p.epoch + 1
returning epoch, decided_offset as "decidedOffset", replay_from as "replayFrom"`;

const decideSql = `
update partitions set decided_offset = greatest(decided_offset, $4)
where stream = $1 and partition = $2 and epoch = $3 returning epoch`;

/** In one statement: a replay from before their end would take them for models that it has never seen. */
const replaySql = `
with moved as (
  update partitions set replay_from = greatest(replay_from, $4)
  where stream = $1 and partition = $2 and epoch = $3 returning epoch
), gone as (
  delete from states where stream = $1 and partition = $2 and model = any($5) and exists (select from moved)
)
select epoch from moved`;

const progressSql = `
select partition, owner, epoch, decided_offset as "decidedOffset", replay_from as "replayFrom"
from partitions where stream = $1 order by partition`;

/** Takes the partition over; waits for states being saved, and whoever had it is fenced from now on. */
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
 * Every decision at or below the offset is stored with this transaction. Call it first: it locks the partition.
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
 * States of everything below the offset are saved, and those of models that ended before it go.
 *
 * @throws StoreError DW_STORE_FENCED
 */
export async function moveReplayFrom(
  q: Queryable,
  fence: Fence,
  { replayFrom, ended }: { readonly replayFrom: number; readonly ended: readonly string[] },
): Promise<void> {
  const rows = await q.query(replaySql, [...placeOf(fence), replayFrom, ended]);
  if (rows.length === 0) throw fencedPartition(fence);
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
