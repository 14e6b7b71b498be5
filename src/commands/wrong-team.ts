/**
 * `wrong-team`: a person says that the incident belongs to another team. If the configuration names that team, the
 * incident is assigned to it, and so are later incidents of its model.
 */
import { z } from "zod";
import { type GivenTeam, undoingWord } from "../incidents/given-team.ts";
import { isShared } from "../incidents/member.ts";
import { subjectText } from "../incidents/subject.ts";
import { data, type Line, line } from "../messages/message.ts";
import { displayName } from "../messages/names.ts";
import { nearest } from "../nearest.ts";
import type { TeamChange } from "../store/model-teams/model-team.ts";
import { type CommandOutcome, command, type IncidentContext } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import type { KnownPeople, Team } from "./people.ts";
import { anyOf, refused, say, typed } from "./says.ts";

export const wrongTeam = command({
  words: ["wrong-team"],
  usage: "TEAM|nobody",
  help: "it belongs to another team",
  role: "known",
  scope: "propose",
  arguments: z
    .string()
    .regex(/^@?[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u, { error: "the name of one team is expected" }),
  handle: onIncident((typedName, context) => {
    const { actor, people } = context;
    const wanted = typedName.replace(/^@/, "");
    if (people.teams.length === 0) return recorded(wanted, actor.name);
    const team = people.team(wanted);
    if (team !== undefined) return handedOver(team, context);
    return wanted.toLowerCase() === "nobody" ? takenBack(context) : unknownTeam(wanted, people);
  }),
});

function recorded(team: string, by: string): CommandOutcome {
  return {
    status: "done",
    deed: { kind: "judge", verdict: "wrong_team", team },
    says: say(
      line`Noted, ${by}: it belongs to ${data(team, 40)}. Nobody there was told; give it to a person with ${typed("assign NAME")}. Nothing is learned from it.`,
    ),
  };
}

function handedOver({ name, members }: Team, context: IncidentContext): CommandOutcome {
  const { incident, actor, routedTo } = context;
  const account = routedTo({ ...incident, team: givenNow(name, context) });
  const whom = members.length === 0 ? line`` : line` (${anyOf(members.slice(0, 10))})`;
  return {
    status: "done",
    deed: {
      kind: "judge",
      verdict: "wrong_team",
      team: name,
      handsOver: true,
      ...(account !== undefined && { account }),
    },
    ...rerouting(name, context),
    says: say(
      line`Noted, ${actor.name}: it is for the team ${name} now. Whoever takes it${whom} says ${typed("ack")}. Nothing is learned from it.`,
      line`${fromNowOn(name, context)}${onTicket(name, account)}`,
    ),
  };
}

/** The new team of the model. Naming the same team again changes nothing. */
function givenNow(name: string, { incident, nowMs }: IncidentContext): GivenTeam {
  const { team } = incident;
  return team?.name === name ? team : { name, former: team?.name ?? null, atMs: nowMs };
}

/**
 * The change of the model's team. A shared incident changes none, because the person did not judge each of its models.
 */
function rerouting(
  team: string | null,
  { incident, actor, nowMs }: IncidentContext,
): { readonly rerouting?: TeamChange } {
  const { fingerprint, subject, team: known } = incident;
  if (isShared(incident) || known?.name === team) return {};
  const former = known?.name ?? null;
  const by = actor.by;
  return {
    rerouting: { fingerprint, subject: subjectText(subject), team, former, by, atMs: nowMs },
  };
}

function fromNowOn(name: string, context: IncidentContext): Line {
  const { incident } = context;
  if (isShared(incident))
    return line`It holds for this incident alone, because it has several models.`;
  const undo = typed(undoingWord(givenNow(name, context)));
  return line`From now on tickets of ${data(displayName(incident.episode), 80)} go to ${name}; undo: ${undo}.`;
}

function onTicket(name: string, account: string | undefined): Line {
  return account === undefined
    ? line` The ticket's own assignee stays: no route with team ${name} names an account.`
    : line` The ticket is assigned as the route of ${name} says.`;
}

/** `wrong-team nobody`: removes the team of the model. An incident that is assigned to that team gets no assignee. */
function takenBack(context: IncidentContext): CommandOutcome {
  const { incident, people } = context;
  const { team } = incident;
  if (team === undefined || isShared(incident))
    return refused("nothing_to_do", line`no team was named for it. Nothing was changed.`);
  const { assignee } = incident.people ?? {};
  const isTheirs = assignee !== undefined && people.team(assignee.name)?.name === team.name;
  return {
    status: "done",
    ...(isTheirs && { deed: { kind: "assign", to: null } as const }),
    ...rerouting(null, context),
    says: say(
      line`From now on tickets of ${data(displayName(incident.episode), 80)} go to ${team.name} no longer; undo: ${typed(`wrong-team ${team.name}`)}.${isTheirs ? line` This is for nobody now. Whoever takes it says ${typed("ack")}.` : line``}`,
    ),
  };
}

function unknownTeam(wanted: string, { teams }: KnownPeople): CommandOutcome {
  const names = teams.map(({ name }) => name);
  const meant = nearest(wanted, names);
  const known =
    meant === undefined
      ? line`Known are ${anyOf(names.slice(0, 10))}.`
      : line`Did you mean ${meant}?`;
  return refused("unknown_name", line`no team is called ${wanted}. ${known} Nothing was changed.`);
}
