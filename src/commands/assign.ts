/** `assign`: gives the incident to a person, to a team, or back to nobody. */
import { z } from "zod";
import { type Line, line } from "../messages/message.ts";
import { nearest } from "../nearest.ts";
import { command, type DoneInTracker, type IncidentContext } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import type { Team } from "./people.ts";
import { anyOf, refused, say, typed } from "./says.ts";

export const assign = command({
  words: ["assign"],
  usage: "NAME|TEAM|me|nobody",
  help: "give it to somebody, or back",
  role: "known",
  scope: "act",
  inTracker: assignedInTracker,
  arguments: z.string().regex(/^\S+$/, { error: "one name is expected" }),
  handle: onIncident((wanted, context) => {
    const { actor, people } = context;
    if (wanted.toLowerCase() === "nobody") return givenBack(context);
    if (wanted.toLowerCase() === "me") return assigned({ ...actor, shown: actor.name }, context);
    const person = people.named(wanted);
    if (person !== undefined)
      return assigned({ by: person.name, shown: person.name, account: person.account }, context);
    const team = people.team(wanted);
    if (team !== undefined) return assignedToTeam(team);
    const names = [...people.people, ...people.teams].map(({ name }) => name);
    return refused("unknown_name", line`${unknown(wanted, names)} Nothing was changed.`);
  }),
});

/** @param account of the tracker; `nobody` when the ticket has no assignee */
function assignedInTracker(
  account: string,
  { incident, people }: IncidentContext,
): DoneInTracker | undefined {
  const stays = line`The ticket stays assigned as it is in the tracker.`;
  const { assignee } = incident.people ?? {};
  if (account === "nobody")
    return assignee && { deed: { kind: "assign", to: null, inTracker: true }, stays };
  if (assignee?.account === account) return undefined;
  const to = { name: people.byAccount(account)?.name ?? account, account };
  return { deed: { kind: "assign", to, inTracker: true }, stays };
}

/** The members of the team decide who takes it. */
function assignedToTeam({ name, members }: Team) {
  const whom = members.length === 0 ? line`` : line` (${anyOf(members.slice(0, 10))})`;
  const said = line`This is for the team ${name}: whoever takes it${whom} says ${typed("ack")}.`;
  return {
    status: "done",
    deed: { kind: "assign", to: { name, account: undefined } },
    says: say(line`${said} The ticket's own field stays, because the tracker knows people alone.`),
  } as const;
}

function givenBack({ incident }: IncidentContext) {
  const { assignee } = incident.people ?? {};
  if (assignee === undefined)
    return refused("nothing_to_do", line`this is for nobody already. Nothing was changed.`);
  const onTicket =
    assignee.account !== undefined && incident.ticket !== undefined
      ? line` The ticket is given back as well.`
      : line``;
  return {
    status: "done",
    deed: { kind: "assign", to: null },
    says: say(
      line`This is for ${assignee.name} no longer. Whoever takes it says ${typed("ack")}.${onTicket}`,
    ),
  } as const;
}

interface Wanted {
  /** The assignee: as stored, as shown, and the account of the tracker. */
  readonly by: string;
  readonly shown: string;
  readonly account: string | undefined;
}

function assigned({ by, shown, account }: Wanted, { incident }: IncidentContext) {
  const onTicket =
    account !== undefined && incident.ticket !== undefined
      ? line` The ticket is assigned as well.`
      : line` The ticket's own field stays: no account of the tracker is known for ${shown}.`;
  const said = line`This is for ${shown}, who takes it with ${typed("ack")}.${onTicket}`;
  return {
    status: "done",
    deed: { kind: "assign", to: { name: by, account } },
    says: say(said),
  } as const;
}

function unknown(wanted: string, names: readonly string[]): Line {
  if (names.length === 0)
    return line`the configuration names no people, so only ${typed("assign me")} is understood.`;
  const meant = nearest(wanted, names);
  const known = line`Known are ${anyOf(names.slice(0, 10))}.`;
  return meant === undefined
    ? line`nobody is called ${wanted}. ${known}`
    : line`nobody is called ${wanted}. Did you mean ${meant}?`;
}
