/**
 * The aspect of members: which subjects join the incident, recover and leave it. The state of the incident follows from
 * the number of members in each state.
 *
 *     joined ── its episode closes ──► recovered ── quiet time ──► left
 *        ▲                                │                          │
 *        └────────── an episode ──────────┴──────────────────────────┘
 */
import { causeOf, scattered } from "../cause.ts";
import { isLate } from "../digest.ts";
import { type Episode, subjectOf } from "../episode.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Incident } from "../incident.ts";
import {
  type Group,
  groupOf,
  type Member,
  type MemberState,
  moved,
  withEpisode,
} from "../member.ts";
import { type Aspect, type Change, isUntold, type Transition } from "./aspect.ts";

type Slice = "members" | "group";

/** It is the first aspect and plans no effects. The other aspects read its counts. */
export const members: Aspect<Slice> = {
  name: "members",
  slice: ["members", "group"],
  take: (transition) => {
    const { event, memberBefore: member } = transition;
    if (event.type === "episode_opened") return joined(transition, event);
    if (member === undefined || !("episode" in event) || member.episode.id !== event.episode)
      return undefined;
    if (event.type === "episode_closed" && member.state === "joined")
      return over(transition, member);
    if (event.type === "quiet_passed" && member.state === "recovered")
      return became(transition.incident, member, "left");
    return undefined;
  },
};

function joined(
  { before, incident, memberBefore, moment }: Transition,
  episode: Episode,
): Change<Slice> {
  const subject = subjectOf(episode);
  const stays = memberBefore !== undefined && memberBefore.state !== "left";
  const member: Member = {
    fingerprint: fingerprint(subject),
    subject,
    state: "joined",
    joinedAtMs: stays ? memberBefore.joinedAtMs : moment.nowMs,
    episode,
  };
  const begins = before === undefined || before.state === "resolved";
  const group = begins ? groupOf(episode) : stays ? incident.group : grown(incident.group, episode);
  return {
    slice: { members: moved(incident.members, memberBefore?.state, "joined"), group },
    member,
  };
}

function grown(group: Group, episode: Episode): Group {
  const cause = causeOf(episode) === group.cause ? group.cause : scattered;
  return { ...withEpisode(group, episode), cause };
}

/**
 * The end of a member's episode. In an incident without a ticket, a member with a late episode leaves without the quiet
 * time.
 */
function over({ incident, moment }: Transition, member: Member): Change<Slice> {
  const isOldNews = isUntold(incident, moment) && isLate(member.episode, moment.nowMs);
  return became(incident, member, isOldNews ? "left" : "recovered");
}

function became(incident: Incident, member: Member, state: MemberState): Change<Slice> {
  return {
    slice: { members: moved(incident.members, member.state, state) },
    member: { ...member, state },
  };
}
