/** Reads all decisions about a run, and the commands of people about it. */
import type { Queryable } from "../query.ts";
import { type ListedRun, listedRun } from "./list.ts";
import type { Run } from "./run.ts";

export interface RunDecision {
  readonly atMs: number;
  readonly status: Run["status"];
  readonly answers: Run["answers"];
  /** The proposal to people; null if nobody was asked. */
  readonly proposal: Run["proposal"];
}

/** A person's command about a run, from the journal. */
export interface WordOnRun {
  readonly atMs: number;
  readonly by: string;
  /** `wish`, `approve`, `decline` or `propose_again`. */
  readonly word: string;
}

export interface ExplainedRun {
  readonly run: ListedRun;
  /** Oldest first. */
  readonly decisions: readonly RunDecision[];
  readonly words: readonly WordOnRun[];
}

const idsSql =
  "select id from runs where id = $1 or id like $1 || '%' order by id <> $1, id limit 2";
const decisionsSql = `
select at_ms as "atMs", status, answers, proposal from run_decisions where run = $1 order by n`;
const wordsSql = `
select at_ms as "atMs", body ->> 'by' as by, body -> 'deed' ->> 'kind' as word from journal
where incident = $1 and kind = 'commanded' and body -> 'deed' ->> 'run' = $2 order by seq`;

/**
 * @param id of the run, or the beginning of its id; hexadecimal digits
 * @returns undefined when no id begins with it, or several do
 */
export async function explainedRun(q: Queryable, id: string): Promise<ExplainedRun | undefined> {
  const [first, second] = await q.query<{ id: string }>(idsSql, [id]);
  if (first === undefined || (second !== undefined && first.id !== id)) return undefined;
  const run = await listedRun(q, first.id);
  if (run === undefined) return undefined;
  return {
    run,
    decisions: await q.query<RunDecision>(decisionsSql, [run.id]),
    words: await wordsOn(q, run),
  };
}

function wordsOn(
  q: Queryable,
  { incident, id }: Pick<Run, "incident" | "id">,
): Promise<readonly WordOnRun[]> {
  return q.query<WordOnRun>(wordsSql, [incident, id]);
}
