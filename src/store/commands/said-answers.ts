/** Answers that are to be posted on tickets: which tickets wait for some, and which answers share one comment. */
import type { Queryable, Tx } from "../query.ts";

export interface AnsweredTicket {
  /** Id of the ticket. */
  readonly place: string;
  /** Number of the incident. */
  readonly incident: number;
}

/** Answers of one comment, in the order in which people spoke. */
export interface SaidTogether<Answer> {
  /** Id of the first command: it names the comment. */
  readonly first: string;
  readonly answers: readonly Answer[];
}

const waitingSql = `
select distinct place, incident from commands
where door in ('ticket', 'tracker') and state = 'answered' and incident is not null limit 20`;
const answeredSql = `
select id from commands where door in ('ticket', 'tracker') and state = 'answered' and place = $1 order by seq limit 50 for update`;
const openCommentSql = `
select said_with as first from commands where place = $1 and carried_at_ms > $2 and said_with = id
order by carried_at_ms desc limit 1`;
const carrySql = `
update commands set state = 'carried', said_with = $2, carried_at_ms = $3 where id = any ($1)`;
const togetherSql = "select answer from commands where said_with = $1 order by seq";

export function answeredTickets(q: Queryable): Promise<readonly AnsweredTicket[]> {
  return q.query<AnsweredTicket>(waitingSql);
}

/**
 * Marks the waiting answers of a ticket as carried, and returns all answers of their comment. Answers that are carried
 * within `togetherMs` after the first one of a comment join that comment. Call it with the incident locked.
 *
 * @returns undefined when no answer waits any more
 */
export async function carryTogether<Answer>(
  tx: Tx,
  place: string,
  { nowMs, togetherMs }: { readonly nowMs: number; readonly togetherMs: number },
): Promise<SaidTogether<Answer> | undefined> {
  const waiting = await tx.query<{ id: string }>(answeredSql, [place]);
  const [oldest] = waiting;
  if (oldest === undefined) return undefined;
  const [open] = await tx.query<{ first: string }>(openCommentSql, [place, nowMs - togetherMs]);
  const first = open?.first ?? oldest.id;
  await tx.query(carrySql, [waiting.map(({ id }) => id), first, nowMs]);
  const together = await tx.query<{ answer: Answer }>(togetherSql, [first]);
  return { first, answers: together.map(({ answer }) => answer) };
}
