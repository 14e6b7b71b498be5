/**
 * Reads the evidence of the stored runs of a fix: how often it helped on each target, and how often it fired for
 * nothing.
 */
import type { Queryable } from "../query.ts";

export interface TargetEvidence {
  /** Name of the target; null if no target was resolved. */
  readonly target: string | null;
  /** Attempts with any result. */
  readonly acted: number;
  /** Verified: the model's own data got better. */
  readonly recovered: number;
  /** Verified as not better, or the act itself failed. */
  readonly failed: number;
  /** The outcome cannot be determined, or is not known yet. */
  readonly inconclusive: number;
  /** Runs in mode observe: the fix would have run. */
  readonly observed: number;
  /** Runs that a person declined. */
  readonly declined: number;
  /** Runs with any result but a denial, on an incident that a person judged a false positive or expected. */
  readonly falseFires: number;
  /** Time of the newest attempt, ms since 1970; null if there was none. */
  readonly lastActedAtMs: number | null;
}

/** If the incident became a part of another one, the verdict on that one counts. A denied run did not fire. */
const sql = `
select r.target_name as target,
  count(*) filter (where r.status in ('acting', 'acted', 'failed', 'unknown'))::int as acted,
  count(*) filter (where r.outcome = 'recovered')::int as recovered,
  count(*) filter (where r.outcome in ('not_recovered', 'failed') or (r.status = 'failed' and r.outcome is null))::int as failed,
  count(*) filter (where r.status in ('acting', 'acted', 'unknown') and (r.outcome is null or r.outcome in ('inconclusive', 'unknown')))::int
    as inconclusive,
  count(*) filter (where r.status = 'observed')::int as observed,
  count(*) filter (where r.status = 'declined')::int as declined,
  count(*) filter (where r.status <> 'denied' and said.verdict in ('false_positive', 'expected'))::int as "falseFires",
  max(r.acted_at_ms) as "lastActedAtMs"
from runs r left join lateral (
  select coalesce(whole.document, own.document) -> 'people' -> 'verdict' ->> 'verdict' as verdict
  from incidents own left join incidents whole on whole.id = own.document ->> 'partOf'
  where own.id = r.incident) as said on true
where r.fix = $1 and r.status <> 'denied' group by 1 order by 1 nulls last`;

/** Reads all runs of the fix. Runs are never deleted. */
export function evidenceOf(q: Queryable, fix: string): Promise<readonly TargetEvidence[]> {
  return q.query<TargetEvidence>(sql, [fix]);
}
