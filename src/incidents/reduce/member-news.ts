/**
 * Decides when the ticket reports changes of the members of a shared incident. Joins, recoveries and leaves are
 * reported together, by an edit that sends no mail. The incident stores how many broken members were reported.
 */
import type { Incident } from "../incident.ts";
import type { Change, Transition } from "./aspect.ts";
import type { Planned } from "./plan.ts";

/** How long changes of members are collected before the ticket is updated, ms. */
const collectMs = 30_000;
/** The incident has grown when so many members are broken… */
const manyMembers = 5;
/** …and so many times as many as were reported. */
const manyTimes = 4;

type News = Change<"telling">;

/** @returns undefined when there is nothing new */
export function memberNews(transition: Transition): News | undefined {
  const { event, incident, memberBefore, member } = transition;
  if (event.type === "members_due") return reported(transition);
  if (member === memberBefore) return undefined;
  // The first episode since the timer began asks for an open ticket. A recovery may have begun the timer.
  const ensured = event.type === "episode_opened" && { ensured: true as const };
  if (incident.telling?.due === true)
    return ensured ? { slice: { telling: { ...incident.telling, ...ensured } } } : undefined;
  const timer: Planned = {
    effect: { kind: "incident.tell_members" },
    dueInMs: collectMs,
    timer: true,
  };
  return {
    slice: { telling: { due: true, said: reportedMembers(incident), ...ensured } },
    effects: [timer],
  };
}

const reportedMembers = ({ telling }: Incident): number => telling?.said ?? 1;

/**
 * Whether many more members are broken than the ticket reported. False without a ticket, because a new one will list
 * them all.
 */
export function hasGrown({ ticket, state, members: { joined }, telling }: Incident): boolean {
  if (ticket === undefined || state === "resolved") return false;
  return joined >= manyMembers && joined >= manyTimes * (telling?.said ?? 1);
}

function reported({ incident }: Transition): News {
  const said = hasGrown(incident) ? incident.members.joined : reportedMembers(incident);
  return { slice: { telling: { due: false, said } } };
}
