/** Answers to post on tickets: which tickets have undelivered answers, and which answers share one comment. */
import type { Queryable, Tx } from "../query.ts";

export interface AnsweredTicket {
  /** Id of the ticket. */
  readonly place: string;
  /** Number of the incident. */
  readonly incident: number;
}

/** Answers of one comment, in the order in which their commands were stored. */
export interface SaidTogether<Answer> {
  /** Id of the first command: it names the comment. */
  readonly first: string;
  readonly answers: readonly Answer[];
}

const waitingSql = `
select distinct place, incident from commands
where door in ('ticket', 'tracker') and state = 'answered' and incident is not null limit 20`;
const answeredSql = `
select id, length(answer::text)::int as size from commands
where door in ('ticket', 'tracker') and state = 'answered' and place = $1 order by seq limit 50 for update`;
const openCommentSql = `
select id as first,
  (select sum(length(said.answer::text)) from commands said where said.said_with = commands.id)::int as size
from commands where place = $1 and carried_at_ms > $2 and said_with = id
order by carried_at_ms desc, seq desc limit 1`;
const carrySql = `
update commands set state = 'carried', said_with = $2, carried_at_ms = $3 where id = any ($1)`;
const togetherSql = "select answer from commands where said_with = $1 order by seq";

export function answeredTickets(q: Queryable): Promise<readonly AnsweredTicket[]> {
  return q.query<AnsweredTicket>(waitingSql);
}

/**
 * Jira takes comments of up to 32,767 characters. The limit is in characters of JSON, because an answer is longer as
 * JSON than as text.
 */
const mostCharacters = 30_000;

/**
 * Marks undelivered answers of a ticket as carried, and returns all answers of their comment. Answers that are carried
 * within `togetherMs` after the first one of a comment join that comment. An answer that would make the comment too
 * long stays undelivered. Call it with the incident locked.
 *
 * @returns undefined when every answer is carried
 */
export async function carryTogether<Answer>(
  tx: Tx,
  place: string,
  { nowMs, togetherMs }: { readonly nowMs: number; readonly togetherMs: number },
): Promise<SaidTogether<Answer> | undefined> {
  const waiting = await tx.query<Waiting>(answeredSql, [place]);
  const [oldest, ...later] = waiting;
  if (oldest === undefined) return undefined;
  const [open] = await tx.query<OpenComment>(openCommentSql, [place, nowMs - togetherMs]);
  const joining = open ? fitting(waiting, open.size) : [];
  const isNew = open === undefined || joining.length === 0;
  const first = isNew ? oldest.id : open.first;
  const carried = isNew ? [oldest, ...fitting(later, oldest.size)] : joining;
  await tx.query(carrySql, [carried.map(({ id }) => id), first, nowMs]);
  const together = await tx.query<{ answer: Answer }>(togetherSql, [first]);
  return { first, answers: together.map(({ answer }) => answer) };
}

interface Waiting {
  readonly id: string;
  /** Characters. */
  readonly size: number;
}

interface OpenComment {
  readonly first: string;
  /** Characters of all answers of the comment. */
  readonly size: number;
}

/** The first answers that fit into a comment whose answers have this size already. */
function fitting(waiting: readonly Waiting[], size: number): readonly Waiting[] {
  let all = size;
  const tooLong = waiting.findIndex((answer) => (all += answer.size) > mostCharacters);
  return tooLong < 0 ? waiting : waiting.slice(0, tooLong);
}
