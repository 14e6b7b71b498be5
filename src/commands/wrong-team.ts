/** `wrong-team`: a person says that the incident belongs to another team. It is handed to that team if the configuration names it. */
import { z } from "zod";
import { data, line } from "../messages/message.ts";
import { nearest } from "../nearest.ts";
import { type CommandOutcome, command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import type { KnownPeople, Team } from "./people.ts";
import { anyOf, refused, say, typed } from "./says.ts";

export const wrongTeam = command({
  words: ["wrong-team"],
  usage: "TEAM",
  help: "it belongs to another team",
  role: "known",
  scope: "propose",
  arguments: z
    .string()
    .regex(/^@?[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u, { error: "the name of one team is expected" }),
  handle: onIncident((typedName, { actor, people }) => {
    const wanted = typedName.replace(/^@/, "");
    if (people.teams.length === 0) return recorded(wanted, actor.name);
    const team = people.team(wanted);
    return team === undefined ? unknownTeam(wanted, people) : handedOver(team, actor.name);
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

function handedOver({ name, members }: Team, by: string): CommandOutcome {
  const whom = members.length === 0 ? line`` : line` (${anyOf(members.slice(0, 10))})`;
  return {
    status: "done",
    deed: { kind: "judge", verdict: "wrong_team", team: name, handsOver: true },
    says: say(
      line`Noted, ${by}: it is for the team ${name} now. Whoever takes it${whom} says ${typed("ack")}. Nothing is learned from it.`,
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
