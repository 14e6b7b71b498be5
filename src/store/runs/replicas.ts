/** The stored replicas of runs that act on several targets. */
import type { ReplicaStatus, RunReplica } from "../../incidents/run-replica.ts";
import { toJson } from "../json.ts";
import type { Tx } from "../query.ts";

/** SQL: the replicas of a row of `runs` as RunReplica objects, sorted by number. */
export const replicasColumn = `coalesce((
  select json_agg(json_build_object('n', p.n, 'targetId', p.target_id, 'targetName', p.target_name, 'host', p.host,
    'snapshot', p.snapshot, 'status', p.status, 'detail', p.detail, 'begunAtMs', p.begun_at_ms,
    'finishedAtMs', p.finished_at_ms, 'after', p.after) order by p.n)
  from run_replicas p where p.run = runs.id), '[]')`;

/** SQL: a row of `runs` is about one of these targets. @param ids placeholder of an array of their ids */
export const isAbout = (ids: string): string => `(
  target_id = any (${ids}) and not exists (select from run_replicas p where p.run = runs.id)
  or exists (select from run_replicas p where p.run = runs.id and p.target_id = any (${ids}) and p.status <> 'untouched'))`;

const deleteSql = "delete from run_replicas where run = $1 returning id";
const insertSql = `
insert into run_replicas (id, run, n, target_id, target_name, host, snapshot, status)
select $1 || '#' || (r ->> 'n'), $1, (r ->> 'n')::int, r ->> 'targetId', r ->> 'targetName', r ->> 'host', r -> 'snapshot', 'planned'
from json_array_elements($2::json) r returning id`;
const beginSql = `
update run_replicas set status = 'acting', begun_at_ms = $3
where run = $1 and n = any ($2) and status = 'planned'
  and (select status from runs where id = $1 for update) = 'acting'
  and not exists (select from run_replicas o where o.run = $1 and o.status in ('acting', 'acted'))
returning id`;
const changeSql = `
update run_replicas set status = $4, detail = coalesce($5, detail), finished_at_ms = $6, after = coalesce($7, after)
where run = $1 and n = $2 and status = $3 returning id`;
const endSql = `
update run_replicas set status = case status when 'planned' then 'untouched' when 'acting' then 'unknown' else 'not_back' end,
  detail = case when status = 'planned' then detail else coalesce(detail, $2) end
where run = $1 and status in ('planned', 'acting', 'acted') returning id`;

const idsOf = (rows: readonly { readonly id: string }[]): readonly string[] =>
  rows.map(({ id }) => id);

/** Stores the replicas of a decided run. They replace those of an earlier decision. @returns keys to seal */
export async function replaceReplicas(
  tx: Tx,
  run: string,
  replicas: readonly RunReplica[],
): Promise<readonly string[]> {
  const gone = await tx.query<{ id: string }>(deleteSql, [run]);
  const rows =
    replicas.length === 0 ? [] : await tx.query<{ id: string }>(insertSql, [run, toJson(replicas)]);
  return [...new Set([...idsOf(gone), ...idsOf(rows)])];
}

/**
 * Marks these planned replicas as acting, if the run acts and none of its replicas is acting or acted.
 *
 * @returns keys to seal; fewer than asked for when another process has begun some
 */
export async function beginReplicas(
  tx: Tx,
  { run, which, atMs }: { readonly run: string; readonly which: readonly number[]; atMs: number },
): Promise<readonly string[]> {
  return idsOf(await tx.query<{ id: string }>(beginSql, [run, which, atMs]));
}

export interface ReplicaChange {
  readonly run: string;
  readonly n: number;
  /** Only a replica in this status is changed. */
  readonly from: ReplicaStatus;
  readonly status: ReplicaStatus;
  readonly detail: string;
  readonly finishedAtMs: number;
  readonly after?: Readonly<Record<string, string>> | undefined;
}

/** @returns keys to seal; none when it has another status than `from` */
export async function changeReplica(tx: Tx, change: ReplicaChange): Promise<readonly string[]> {
  const { run, n, from, status, detail, finishedAtMs, after } = change;
  const state = after === undefined ? null : toJson(after);
  const values = [run, n, from, status, detail, finishedAtMs, state];
  return idsOf(await tx.query<{ id: string }>(changeSql, values));
}

/**
 * Ends the replicas of an ended run. A planned replica becomes untouched, an acting one unknown, and an acted one
 * `not_back`.
 *
 * @returns keys to seal
 */
export async function endReplicas(
  tx: Tx,
  { run, detail }: { readonly run: string; readonly detail: string },
): Promise<readonly string[]> {
  return idsOf(await tx.query<{ id: string }>(endSql, [run, detail]));
}
