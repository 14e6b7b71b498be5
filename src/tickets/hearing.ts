/**
 * Converts the comments of a ticket to commands for the door: who gave it, with which roles, and why it may be refused.
 */
import type { Clock } from "../clock.ts";
import type { RolesOf } from "./acts.ts";
import type { HeardComment, UnfitComment } from "./door-store.ts";
import type { SaidComment, TicketTalk } from "./talk.ts";

export interface HearingOptions {
  readonly talk: TicketTalk;
  readonly clock: Clock;
  readonly rolesOf: RolesOf;
  /** Whether only accounts that may be assigned a ticket may give commands. */
  readonly onlyAssignable: boolean;
  /** Whether these commands overrule others that were said in the same look. */
  readonly overrules: (said: string) => boolean;
}

export interface HeardByDoor {
  readonly command: HeardComment;
  readonly by: SaidComment["by"];
}

interface Hearing extends HearingOptions {
  /** Id of the ticket. */
  readonly ticket: string;
  /** Number of its incident. */
  readonly incident: number;
}

/** A longer comment is refused: nobody types so much. Characters. */
const longest = 4000;

/**
 * Hands in the comments that hold commands for Driftwarden. Comments that overrule others come first: an approval takes
 * effect at once, so a denial that was seen with it must be handed in before it. If such a denial cannot be read again,
 * no other comment is handed in.
 *
 * @param comments oldest first
 * @param handIn called in turn, also for what was heard before an error
 * @throws the error that ended the reading, and what `handIn` throws
 */
export async function hearAll(
  comments: readonly SaidComment[],
  hearing: Hearing,
  handIn: (heard: HeardByDoor) => Promise<void>,
): Promise<void> {
  const rank = ({ commands }: SaidComment): number =>
    hearing.overrules(commands.join("\n")) ? 0 : 1;
  const said = comments.filter(isSaidToUs).toSorted((a, b) => rank(a) - rank(b));
  for (const comment of said) {
    const heard = await hear(comment.id, hearing);
    if (heard !== undefined) await handIn(heard);
  }
}

/** Reads the comment again, because it may have been edited or deleted meanwhile. */
async function hear(id: string, hearing: Hearing): Promise<HeardByDoor | undefined> {
  const { talk, clock, ticket, incident, rolesOf } = hearing;
  const comment = await talk.comment(ticket, id);
  if (comment === undefined || !isSaidToUs(comment)) return undefined;
  const wrong = unfitness(comment);
  const roles = wrong === undefined ? await rolesOf(comment.account) : [];
  const unfit = wrong ?? (roles.length > 0 ? undefined : await unknown(comment, hearing));
  const command = {
    door: "ticket",
    message: id,
    place: ticket,
    incident,
    account: comment.account,
    names: [{ account: comment.account, name: comment.name }],
    said: comment.commands.join("\n"),
    // The tracker's clock may be ahead. The comment must not seem later than a role that was given after it.
    saidAtMs: Math.min(comment.saidAtMs, clock.now()),
    unfit,
    roles,
  } as const;
  return { command, by: comment.by };
}

/**
 * Asks the tracker for each comment, because such comments are few. If the tracker does not answer, the comment is not
 * handed in.
 */
async function unknown(
  { account }: SaidComment,
  { talk, onlyAssignable }: HearingOptions,
): Promise<UnfitComment | undefined> {
  if (!onlyAssignable) return undefined;
  return (await talk.assignable()).has(account) ? undefined : "not_assignable";
}

/** Comments of our own account and of programs never hold commands. */
function isSaidToUs({ by, commands }: SaidComment): boolean {
  return commands.length > 0 && by !== "us" && by !== "app";
}

function unfitness({ by, edited, size }: SaidComment): UnfitComment | undefined {
  if (by === "outsider") return "outsider";
  if (edited) return "edited";
  return size > longest ? "too_long" : undefined;
}
