/** Counts the verdicts of people on incidents, by subject and by the detector that scored highest. */
import type { PersonsVerdict } from "../../incidents/deed.ts";
import type { Queryable } from "../query.ts";

export interface VerdictCount {
  /** Key of the model or service. */
  readonly subject: string;
  /** The detector that scored highest when the newest episode opened; empty if no detector had a score. */
  readonly detector: string;
  /** Null where nobody gave a verdict. */
  readonly verdict: PersonsVerdict | null;
  readonly count: number;
}

/** Digests, and parts of other incidents, are not counted. */
const sql = `
select split_part(i.subject, chr(10), 2) as subject, coalesce((
    select scored ->> 'detector' from jsonb_array_elements(
      case jsonb_typeof(d.document -> 'episode' -> 'detectors') when 'array'
        then d.document -> 'episode' -> 'detectors' else '[]'::jsonb end) as scored
    order by (scored ->> 'score')::float8 desc nulls last limit 1), '') as detector,
  d.document -> 'people' -> 'verdict' ->> 'verdict' as verdict, count(*)::int as count
from incidents i cross join lateral (select i.document::jsonb as document) as d
where (d.document ->> 'openedAtMs')::float8 >= $1 and d.document ->> 'partOf' is null
  and d.document -> 'missed' is null
group by 1, 2, 3 order by 1, 2, 3`;

/** @param sinceMs incidents that opened since then, ms since 1970 */
export function countVerdicts(q: Queryable, sinceMs: number): Promise<readonly VerdictCount[]> {
  return q.query<VerdictCount>(sql, [sinceMs]);
}
