/** Lists runs for people. */
import type { RunStatus } from "../../incidents/incident.ts";
import type { Queryable } from "../query.ts";
import { type Run, runColumns } from "./run.ts";

export interface RunFilter {
  /** Id of the incident. */
  readonly incident?: string | undefined;
  readonly incidentNumber?: number | undefined;
  readonly fix?: string | undefined;
  readonly statuses?: readonly RunStatus[] | undefined;
  /** The `next` of the previous page. */
  readonly after?: { readonly decidedAtMs: number; readonly id: string } | undefined;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

export interface ListedRun extends Run {
  /** Number of the run's incident; null when the incident is not stored any more. */
  readonly incidentNumber: number | null;
}

export interface RunPage {
  readonly items: readonly ListedRun[];
  /** What to pass as `after` for the next page; null on the last one. */
  readonly next: { readonly decidedAtMs: number; readonly id: string } | null;
}

const listedColumns = `${runColumns},
  (select i.number from incidents i where i.id = runs.incident) as "incidentNumber"`;
const listSql = `
select ${listedColumns} from runs
where ($1::text is null or incident = $1) and ($2::text is null or fix = $2)
  and ($3::float8 is null or (decided_at_ms, id) < ($3, $4::text))
  and ($6::bigint is null or incident = (select i.id from incidents i where i.number = $6))
  and ($7::text[] is null or status = any ($7))
order by decided_at_ms desc, id desc limit $5`;
const byIdSql = `select ${listedColumns} from runs where id = $1`;
const ofRunsSql = "select id, incident from runs where id = any ($1)";

const countSql = `
select fix, status, coalesce(outcome, '') as outcome, count(*) as count from runs group by 1, 2, 3`;

export interface RunCount {
  readonly fix: string;
  readonly status: string;
  /** Empty if the run is not verified, or never will be. */
  readonly outcome: string;
  readonly count: number;
}

export async function countRuns(q: Queryable): Promise<readonly RunCount[]> {
  return q.query<RunCount>(countSql);
}

/** Newest first. */
export async function listRuns(q: Queryable, filter: RunFilter = {}): Promise<RunPage> {
  const { incident, fix, after, limit = 100, incidentNumber, statuses } = filter;
  const page = [after?.decidedAtMs, after?.id, limit + 1];
  const values = [incident, fix, ...page, incidentNumber, statuses];
  const rows = await q.query<ListedRun>(listSql, values);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, next: more ? { decidedAtMs: last.decidedAtMs, id: last.id } : null };
}

export async function listedRun(q: Queryable, id: string): Promise<ListedRun | undefined> {
  return (await q.query<ListedRun>(byIdSql, [id]))[0];
}

/** Ids of the incidents of these runs. Runs that are not stored are left out. */
export async function incidentsOfRuns(
  q: Queryable,
  runs: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (runs.length === 0) return new Map();
  const rows = await q.query<{ id: string; incident: string }>(ofRunsSql, [runs]);
  return new Map(rows.map(({ id, incident }) => [id, incident]));
}
