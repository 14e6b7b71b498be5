/** Decides whether a person may give a command now. A refusal names the reason, and people who may. */
import { line, words } from "../messages/message.ts";
import { readTime } from "../messages/text.ts";
import type { StoredCommand, Unfit } from "../store/commands/command.ts";
import { rightSinceMs } from "../store/commands/rights.ts";
import type { Queryable } from "../store/query.ts";
import type { Command } from "./command.ts";
import { type CommandActor, type KnownPeople, mayPlay } from "./people.ts";
import type { NeededRole } from "./right.ts";
import { anyOf, type CommandRefusal, refused, typed } from "./says.ts";

interface Asking {
  readonly actor: CommandActor;
  /** The same person without the roles that groups of the tracker give. */
  readonly own: CommandActor;
  readonly nowMs: number;
  readonly stored: StoredCommand;
  readonly people: KnownPeople;
}

/** @returns undefined when the person may give the command */
export async function refusalOf(
  q: Queryable,
  command: Command,
  asking: Asking,
): Promise<CommandRefusal | undefined> {
  const { role, scope } = command;
  const { actor, people } = asking;
  if (!actor.scopes.includes(scope))
    return refused(
      "scope",
      line`the token of ${actor.name} does not allow it; it lacks the scope ${scope}.`,
    );
  if (role === "anybody") return undefined;
  if (!actor.known) return refused("unknown_person", unknown(people));
  if (!mayPlay(role, actor)) return refused("role", lacking(command, people));
  return onTicket(asking.stored) ? tooEarly(q, role, asking) : undefined;
}

function unknown(people: KnownPeople) {
  const few = line`it may only ask for ${typed("help")}, ${typed("status")} and ${typed("metrics")}`;
  const admins = people.whoCan("admin");
  const ask =
    admins.length === 0 ? words("the operator of Driftwarden") : line`${anyOf(admins)} (admin)`;
  return line`this account is in nobody's entry under people:, so ${few}. Ask ${ask} to add it.`;
}

function lacking({ words: [word], role }: Command, people: KnownPeople) {
  if (people.people.length === 0)
    return line`${typed(word)} needs the role ${role}, and the configuration names no people. The operator of the machine can say it on the command line.`;
  const can = people.whoCan(role);
  const others = can.length === 0 ? line`Nobody has it.` : line`${anyOf(can)} can say it.`;
  return line`${typed(word)} needs the role ${role}, which you do not have. ${others}`;
}

const onTicket = ({ door }: StoredCommand): boolean => door === "ticket" || door === "tracker";

/**
 * How old a command may be if the person's role comes from a group, ms. The tracker does not show since when a person
 * is in the group.
 */
const byGroupMs = 600_000;

/**
 * Refuses a command that is older than the person's right. A right counts from when the daemon first read it in its
 * configuration.
 */
async function tooEarly(
  q: Queryable,
  role: NeededRole,
  { own, stored, people, nowMs }: Asking,
): Promise<CommandRefusal | undefined> {
  if (!mayPlay(role, own)) return tooOld(stored, nowMs);
  if (people.people.length === 0) return undefined;
  const { account, saidAtMs } = stored;
  const sinceMs = await rightSinceMs(q, { handle: account, role });
  if (sinceMs !== undefined && saidAtMs >= sinceMs) return undefined;
  const since = sinceMs === undefined ? words("yet to come") : words(readTime(sinceMs));
  return refused(
    "before_right",
    line`it was said before the right to say it was given (${since}). Say it again.`,
  );
}

function tooOld({ saidAtMs }: StoredCommand, nowMs: number): CommandRefusal | undefined {
  if (nowMs - saidAtMs <= byGroupMs) return undefined;
  return refused(
    "before_right",
    line`the right comes from a group of the tracker, which does not say since when, and it was said more than ten minutes ago. Say it again.`,
  );
}

const unfitReasons: Readonly<Record<Exclude<Unfit, "bulk">, string>> = {
  edited:
    "the comment was edited, so it may say something else than its author wrote. Write a new one.",
  outsider: "it came from outside of the team. Nobody outside may say commands.",
  too_long: "it is longer than a command is. Write the command in a comment of its own.",
  not_assignable: "this account cannot be assigned in the project, so it may not say commands.",
};

/**
 * The refusal of a command that the door found unfit. A bulk edit gets no answer, because each of its tickets would get
 * one.
 */
export function unfitRefusal(unfit: Unfit): CommandRefusal {
  if (unfit === "bulk") return { status: "refused", code: unfit };
  return refused(unfit, words(unfitReasons[unfit]));
}
