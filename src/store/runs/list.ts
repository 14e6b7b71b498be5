/** Lists runs for people, and those that a crash left during their act. */
import type { Queryable } from "../query.ts";
import { type Run, runColumns } from "./run.ts";

export interface RunFilter {
  readonly incident?: string;
  readonly fix?: string;
  /** The `next` of the page before. */
  readonly after?: { readonly decidedAtMs: number; readonly id: string };
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

export interface RunPage {
  readonly items: readonly Run[];
  /** What to pass as `after` for the next page; null on the last one. */
  readonly next: { readonly decidedAtMs: number; readonly id: string } | null;
}

const listSql = `
select ${runColumns} from runs
where ($1::text is null or incident = $1) and ($2::text is null or fix = $2)
  and ($3::float8 is null or (decided_at_ms, id) < ($3, $4::text))
order by decided_at_ms desc, id desc limit $5`;
const ofRunsSql = "select id, incident from runs where id = any ($1)";
const actingSql = `select ${runColumns} from runs where status = 'acting' order by decided_at_ms, id`;

const countSql = `
select fix, status, coalesce(outcome, '') as outcome, count(*) as count from runs group by 1, 2, 3`;

export interface RunCount {
  readonly fix: string;
  readonly status: string;
  /** Empty while it is not verified, or will not be. */
  readonly outcome: string;
  readonly count: number;
}

export async function countRuns(q: Queryable): Promise<readonly RunCount[]> {
  return q.query<RunCount>(countSql);
}

/** Newest first. */
export async function listRuns(q: Queryable, filter: RunFilter = {}): Promise<RunPage> {
  const { incident, fix, after, limit = 100 } = filter;
  const values = [incident, fix, after?.decidedAtMs, after?.id, limit + 1];
  const rows = await q.query<Run>(listSql, values);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, next: more ? { decidedAtMs: last.decidedAtMs, id: last.id } : null };
}

/** Intents without a result: whoever starts looks up what became of them. Oldest first. */
export async function actingRuns(q: Queryable): Promise<readonly Run[]> {
  return q.query<Run>(actingSql);
}

/** Ids of the incidents of these runs; those that are not stored are left out. */
export async function incidentsOfRuns(
  q: Queryable,
  runs: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (runs.length === 0) return new Map();
  const rows = await q.query<{ id: string; incident: string }>(ofRunsSql, [runs]);
  return new Map(rows.map(({ id, incident }) => [id, incident]));
}
