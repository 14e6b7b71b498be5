/**
 * Reads the incident or digest that an effect is about. A ticket effect gets the incident with its list of members. An
 * incident that several members share is given to a run as if it were only about the run's own member.
 */
import { accountNames } from "../store/commands/account-names.ts";
import { textsOf } from "../store/commands/texts.ts";
import { listMembers } from "../store/incident-members/list.ts";
import { membersByEpisode } from "../store/incident-members/member.ts";
import { countSourceModels } from "../store/incidents/candidates.ts";
import { getIncident } from "../store/incidents/incident.ts";
import { givenTeam } from "../store/model-teams/model-team.ts";
import type { Effect } from "../store/outbox/effect.ts";
import type { Queryable } from "../store/query.ts";
import { helpedBefore } from "../store/runs/helped.ts";
import { type Digest, isDigest } from "./digest.ts";
import type { Incident } from "./incident.ts";
import { isShared } from "./member.ts";
import { peopleOf, withShownPeople } from "./shown-people.ts";
import { sourceScope, subjectText } from "./subject.ts";

/** @returns undefined when the incident is not stored */
export async function loadEffectSubject(
  q: Queryable,
  id: string,
  effect: Effect,
): Promise<Incident | Digest | undefined> {
  const incident = await getIncident(q, id);
  if (incident === undefined || isDigest(incident)) return incident;
  if (effect.kind.startsWith("ticket."))
    return withHelp(q, await withTeam(q, await withTold(q, await withMemberList(q, incident))));
  if (incident.partOf !== undefined) return loadEffectSubject(q, incident.partOf, effect);
  return asMember(q, incident, effect);
}

async function withMemberList(q: Queryable, incident: Incident): Promise<Incident> {
  if (!isShared(incident)) return incident;
  const named = (await listMembers(q, [incident.id])).get(incident.id) ?? [];
  const sourceModels = await countSourceModels(q, sourceScope(incident.subject));
  return { ...incident, memberList: { named, sourceModels } };
}

async function withHelp(q: Queryable, incident: Incident): Promise<Incident> {
  const { id, subject, episode } = incident;
  const broken = { incident: id, subject: subjectText(subject), kind: episode.kind };
  const helped = await helpedBefore(q, { ...broken, atMs: episode.at / 1000 });
  return helped === undefined ? incident : { ...incident, helpedBefore: helped };
}

async function withTeam(q: Queryable, incident: Incident): Promise<Incident> {
  const team = await givenTeam(q, incident.fingerprint);
  return team === undefined ? incident : { ...incident, team };
}

/** The incident with people's texts and shown names. The texts are in a separate table, where they can be deleted. */
async function withTold(q: Queryable, incident: Incident): Promise<Incident> {
  const { words = [] } = incident.people ?? {};
  const named = withShownPeople(incident, await accountNames(q, peopleOf(incident)));
  if (words.length === 0) return named;
  const texts = await textsOf(
    q,
    words.map(({ command }) => command),
  );
  const said = named.people?.words ?? [];
  const told = said.map((word) => ({ ...word, text: texts.get(word.command) ?? "" }));
  return { ...named, told };
}

/** The incident with the subject and the episode of the member that the run is for. */
async function asMember(q: Queryable, incident: Incident, effect: Effect): Promise<Incident> {
  const episode = episodeOf(incident, effect);
  if (!isShared(incident) || episode === undefined) return incident;
  const [found] = await membersByEpisode(q, [{ incident: incident.id, episode }]);
  if (found === undefined) return incident;
  const { subject, episode: own } = found.member;
  return { ...incident, subject, episode: own };
}

function episodeOf(incident: Incident, effect: Effect): string | undefined {
  if ("episode" in effect && typeof effect.episode === "string") return effect.episode;
  if (!("run" in effect)) return undefined;
  return incident.runs.find(({ id }) => id === effect.run)?.episode;
}
