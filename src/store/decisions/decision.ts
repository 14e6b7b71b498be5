/** Stores each decision once by its id. Replays are compared with the stored decisions. */
import type { DetectionEvent } from "../../detection/event.ts";
import { toJson } from "../json.ts";
import type { PartitionPlace } from "../partitions/claim.ts";
import type { Queryable, Tx } from "../query.ts";

export interface StoredDecision {
  readonly offset: number;
  readonly event: DetectionEvent;
}

const insertSql = `
insert into decisions (id, stream, partition, "offset", event)
select id, $1, $2, "offset", event
from unnest($3::text[], $4::bigint[], $5::json[]) with ordinality as d (id, "offset", event, place)
order by place
on conflict (id) do nothing returning id`;

const readSql = `
select "offset", event from decisions
where stream = $1 and partition = $2 and "offset" >= $3 order by "offset", id`;

/** @returns ids of the decisions that were new. Only these change incidents. */
export async function insertDecisions(
  tx: Tx,
  { stream, partition }: PartitionPlace,
  decisions: readonly StoredDecision[],
): Promise<ReadonlySet<string>> {
  if (decisions.length === 0) return new Set();
  const rows = await tx.query<{ id: string }>(insertSql, [
    stream,
    partition,
    decisions.map(({ event }) => event.id),
    decisions.map(({ offset }) => offset),
    decisions.map(({ event }) => toJson(event)),
  ]);
  return new Set(rows.map((row) => row.id));
}

/** Decisions at or above the offset, in offset order. */
export async function readDecisions(
  q: Queryable,
  { stream, partition }: PartitionPlace,
  fromOffset: number,
): Promise<readonly StoredDecision[]> {
  return q.query<StoredDecision>(readSql, [stream, partition, fromOffset]);
}
