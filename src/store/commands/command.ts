/**
 * Stores the commands of people and the answers to them. Every door stores its commands here, and reads the answers
 * that it delivers.
 *
 *     insertCommand ──► waiting ── the daemon carries it out ──► answered ── the door delivers it ──► carried
 */
import { toJson } from "../json.ts";
import { notify } from "../notify.ts";
import type { Queryable, Tx } from "../query.ts";

/** A ticket comment, a change in the tracker, a request over HTTP, the command line of the machine. */
export type Door = "ticket" | "tracker" | "http" | "cli";

/** Why the command must not be carried out. The door sets it, and the daemon answers with the reason. */
export type Unfit =
  /** The comment was edited, so its text may not be its author's. */
  | "edited"
  /** The author is an outside customer of a service desk. */
  | "outsider"
  /** The text is too long to have been typed. */
  | "too_long"
  /** Several tickets were changed at once in the tracker. */
  | "bulk"
  /** No people are configured, and the tracker cannot assign tickets to this account. */
  | "not_assignable";

export interface NewCommand {
  readonly door: Door;
  /**
   * Unique at this door: the id of the comment or of the history entry, or the idempotency key. The id of the command
   * is `door:message`.
   */
  readonly message: string;
  /** Id of the ticket on which the door posts the answer. Empty for doors without tickets. */
  readonly place: string;
  /** Number of the incident that the command is about; null for none. */
  readonly incident: number | null;
  /** Who gave the command: account id, key, or name of a token's person. Never a display name. */
  readonly account: string;
  /** One command a line: `dw ack`, `/ack`, or `ack` where the door takes nothing else. */
  readonly said: string;
  /** When it was given, by the clock of the door, ms since 1970. */
  readonly saidAtMs: number;
  readonly unfit?: Unfit | null | undefined;
  /** Roles that groups of the tracker give to the account. The door read them just before. Default: none. */
  readonly roles?: readonly string[];
}

export interface StoredCommand extends Omit<NewCommand, "message" | "roles"> {
  readonly id: string;
  readonly roles: readonly string[];
}

/** @param Answer plain data */
export interface AnsweredCommand<Answer> extends StoredCommand {
  readonly answer: Answer;
  readonly answeredAtMs: number;
}

const columns = `id, door, place, incident, account, said, said_at_ms as "saidAtMs", unfit, roles`;
const insertSql = `
insert into commands (id, door, place, incident, account, said, said_at_ms, came_at_ms, unfit, roles)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing returning id`;
const takeSql = `
select ${columns} from commands as next where state = 'waiting' and ($1::text is null or id = $1) and not exists (
  select from commands as earlier where earlier.state = 'waiting' and earlier.seq < next.seq
    and earlier.incident is not distinct from next.incident)
order by seq limit 1 for update skip locked`;
const answerSql = `
update commands set state = 'answered', answer = $2, answered_at_ms = $3 where id = $1 and state = 'waiting'`;
const answeredSql = `
select ${columns}, answer, answered_at_ms as "answeredAtMs" from commands
where door = $1 and state = 'answered' order by seq limit $2`;
const byIdSql = `
select ${columns}, answer, answered_at_ms as "answeredAtMs" from commands where id = $1`;
const textSql = "select said from commands where id = $1";
const carriedSql =
  "update commands set state = 'carried' where id = any ($1) and state = 'answered'";

export function commandId({ door, message }: Pick<NewCommand, "door" | "message">): string {
  return `${door}:${message}`;
}

/**
 * Stores a command once: the same message again changes nothing. The daemon is notified when the transaction commits.
 *
 * @returns whether it is new
 */
export async function insertCommand(
  q: Queryable,
  command: NewCommand,
  nowMs: number,
): Promise<boolean> {
  const { door, place, incident, account, said, saidAtMs, unfit = null, roles = [] } = command;
  const of = [commandId(command), door, place, incident, account];
  const values = [...of, said, saidAtMs, nowMs, unfit, roles];
  const rows = await q.query(insertSql, values);
  if (rows.length > 0) await notify(q, "commands");
  return rows.length > 0;
}

/**
 * Takes the oldest waiting command and locks it until the transaction ends. Commands of one incident are taken one
 * after the other.
 *
 * @param id takes only this command. Default: any.
 */
export async function takeCommand(tx: Tx, id?: string): Promise<StoredCommand | undefined> {
  const [row] = await tx.query<StoredCommand>(takeSql, [id ?? null]);
  return row;
}

/** Stores the answer. Call it in the transaction that carries out the command. The door is notified. */
export async function answerCommand(
  tx: Tx,
  id: string,
  { answer, nowMs }: { readonly answer: unknown; readonly nowMs: number },
): Promise<void> {
  await tx.query(answerSql, [id, toJson(answer), nowMs]);
  await notify(tx, "commands");
}

/** Answers that the door has not delivered yet, in the order of their commands; at most `limit`. */
export async function answersToCarry<Answer>(
  q: Queryable,
  door: Door,
  limit = 100,
): Promise<readonly AnsweredCommand<Answer>[]> {
  return q.query<AnsweredCommand<Answer>>(answeredSql, [door, limit]);
}

/** @returns undefined while the command has no answer, and for an unknown id */
export async function answerOf<Answer>(
  q: Queryable,
  id: string,
): Promise<AnsweredCommand<Answer> | undefined> {
  const [row] = await q.query<AnsweredCommand<Answer | null>>(byIdSql, [id]);
  if (row === undefined || row.answer === null) return undefined;
  return { ...row, answer: row.answer };
}

/** The text of the command; undefined when the command is not stored. */
export async function textOf(q: Queryable, id: string): Promise<string | undefined> {
  const [row] = await q.query<{ said: string }>(textSql, [id]);
  return row?.said;
}

/** Call it when the door has delivered the answers, or nobody waits for them. */
export async function answersCarried(q: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await q.query(carriedSql, [ids]);
}
