/**
 * Reads who did what, in the order of time: commands, decisions about runs, acts, and the beginnings and ends of
 * freezes. Reads page by page, so memory stays bounded.
 */

import type { Freeze } from "../../incidents/freeze.ts";
import type { Queryable } from "../query.ts";
import type { Run } from "../runs/run.ts";

/** A person's command about a run. */
export interface AuditedWord {
  readonly by: string;
  /** `wish`, `approve`, `decline` or `propose_again`. */
  readonly word: string;
}

export interface AuditedLine {
  readonly id: string;
  /** ms since 1970. */
  readonly at: number;
  readonly kind: "command" | "decision" | "act" | "freeze" | "unfreeze";
  /** Number of the incident; null for none. */
  readonly incident: number | null;
  /**
   * Only for a command: the account that gave it, the door where it was given, and its text. The text is empty once it
   * was deleted.
   */
  readonly account: string | null;
  readonly door: string | null;
  readonly said: string | null;
  readonly done: boolean | null;
  /** Why a command was refused, or which gate denied a run. */
  readonly code: string | null;
  /** Only for a decision or an act: its run, fix, remediation and target. */
  readonly run: string | null;
  readonly fix: string | null;
  readonly remediation: string | null;
  readonly target: string | null;
  readonly result: string | null;
  readonly detail: string | null;
  readonly answers: Run["answers"] | null;
  readonly before: Run["snapshot"];
  readonly after: Run["after"];
  readonly outcome: Run["outcome"];
  readonly words: readonly AuditedWord[] | null;
  /** Set for the declaration of a freeze and for its early end. */
  readonly freeze: AuditedFreeze | null;
}

/** The declared values of a freeze. */
export interface AuditedFreeze
  extends Pick<Freeze, "name" | "reason" | "by" | "atMs" | "untilMs" | "matchers"> {
  /** Who ended it; null for its beginning. */
  readonly endedBy: string | null;
}

const none = (type: string): string => `null::${type}`;
const nothing = { text: none("text"), json: none("json"), bool: none("boolean") };

/** One null for every column between the kind and the freeze. */
const freezeNulls = Array.from({ length: 17 }, () => "null").join(", ");
const freezeSql = (
  endedBy: string,
): string => `json_build_object('name', f.name, 'reason', f.reason,
  'by', f.by, 'atMs', f.at_ms, 'untilMs', f.until_ms, 'matchers', f.matchers, 'endedBy', ${endedBy})`;

/** SQL: a state of all replicas of the run `r` in one object, `api-1 started_at`: …; null where it has none. */
const states = (column: "snapshot" | "after"): string => `(
  select json_object_agg(p.target_name || ' ' || s.key, s.value order by p.n)
  from run_replicas p, json_each_text(p.${column}) s where p.run = r.id)`;
const proposedStates = `(
  select json_object_agg((p ->> 'name') || ' ' || s.key, s.value)
  from json_array_elements(d.proposal -> 'act' -> 'replicas') p, json_each_text(p -> 'snapshot') s)`;

const linesSql = `
select 'command:' || c.id as id, coalesce(c.answered_at_ms, c.came_at_ms) as at, 'command' as kind,
  c.incident as number, ${nothing.text} as "incidentId", c.account, c.door, c.said, (c.answer ->> 'done')::boolean as done,
  c.answer ->> 'code' as code, ${nothing.text} as run, ${nothing.text} as fix, ${nothing.text} as remediation,
  ${nothing.text} as target, ${nothing.text} as result, ${nothing.text} as detail, ${nothing.json} as answers,
  ${nothing.json} as before, ${nothing.json} as after, ${nothing.text} as outcome,
  ${nothing.json} as freeze
from commands c
union all
select 'decision:' || d.id, d.at_ms, 'decision', null, r.incident, null, null, null, null,
  (select a ->> 'gate' from json_array_elements(d.answers) a where a ->> 'answer' = 'denies' limit 1),
  r.id, r.fix, r.remediation, coalesce(d.proposal -> 'act' ->> 'name', r.target_name), d.status, null, d.answers,
  coalesce(${proposedStates}, d.proposal -> 'act' -> 'snapshot', r.snapshot), null, null,
  null
from run_decisions d join runs r on r.id = d.run
union all
select 'run:' || r.id, coalesce(r.acted_at_ms, r.decided_at_ms), 'act', null, r.incident, null, null, null, null, null,
  r.id, r.fix, r.remediation, r.target_name, r.status, r.detail, null, coalesce(${states("snapshot")}, r.snapshot), coalesce(${states("after")}, r.after), r.outcome,
  null
from runs r where r.status in ('acting', 'acted', 'failed', 'unknown')
union all
select 'freeze:' || f.id, coalesce(f.declared_at_ms, f.at_ms), 'freeze', ${freezeNulls},
  ${freezeSql("null")}
from freezes f
union all
select 'unfreeze:' || f.id, f.ended_at_ms, 'unfreeze', ${freezeNulls},
  ${freezeSql("f.ended_by")}
from freezes f where f.ended_at_ms is not null`;

/** A wish is journalled in the transaction of its decision. The time of the decision may be earlier. */
const pageSql = `
select l.id, l.at, l.kind, coalesce(l.number, (select i.number from incidents i where i.id = l."incidentId")) as incident,
  l.account, l.door, l.said, l.done, l.code, l.run, l.fix, l.remediation, l.target, l.result, l.detail, l.answers, l.before,
  l.after, l.outcome, l.freeze, (
    select json_agg(json_build_object('by', j.body ->> 'by', 'word', j.body -> 'deed' ->> 'kind') order by j.seq)
    from journal j where j.incident = l."incidentId" and j.kind = 'commanded' and j.body -> 'deed' ->> 'run' = l.run
      and (j.at_ms <= l.at or j.body -> 'deed' ->> 'kind' = 'wish')) as words
from (select * from (${linesSql}) as every
  where at >= $1 and at < $2 and (at, id) > ($3, $4) order by at, id limit $5) as l
order by l.at, l.id`;

export interface AuditRange {
  /** ms since 1970. */
  readonly sinceMs: number;
  /** Exclusive. */
  readonly untilMs: number;
}

const pageSize = 1000;

/** @yields every line of the range, oldest first */
export async function* auditedLines(
  q: Queryable,
  { sinceMs, untilMs }: AuditRange,
): AsyncGenerator<AuditedLine> {
  let after = { at: Number.NEGATIVE_INFINITY, id: "" };
  for (;;) {
    const page = await q.query<AuditedLine>(pageSql, [
      sinceMs,
      untilMs,
      after.at,
      after.id,
      pageSize,
    ]);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last;
  }
}
