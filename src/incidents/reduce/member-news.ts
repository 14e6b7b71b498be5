/**
 * What people are told of the members of a shared incident. Joins, recoveries and leaves are told together, by an edit
 * that mails nobody. A comment is written only when the incident has grown far beyond what people were told of.
 */
import type { Incident } from "../incident.ts";
import type { Change, Transition } from "./aspect.ts";
import type { Planned } from "./plan.ts";

/** So long changes of members are collected before the ticket is brought up to date. */
const collectMs = 30_000;
/** The incident has grown when so many members are broken… */
const manyMembers = 5;
/** …and so many times as many as people were told of. */
const manyTimes = 4;

type News = Change<"telling">;

/** @returns undefined when there is nothing new */
export function memberNews(transition: Transition): News | undefined {
  const { event, incident, memberBefore, member } = transition;
  if (event.type === "members_due") return told(transition);
  if (member === memberBefore || incident.telling?.due === true) return undefined;
  const timer: Planned = {
    effect: { kind: "incident.tell_members" },
    dueInMs: collectMs,
    timer: true,
  };
  return { slice: { telling: { due: true, said: saidOf(incident) } }, effects: [timer] };
}

const saidOf = ({ telling }: Incident): number => telling?.said ?? 1;

function told({ incident, moment }: Transition): News {
  const { joined } = incident.members;
  const said = saidOf(incident);
  // A ticket that is still to come will say it itself.
  if (incident.ticket === undefined || incident.state === "resolved")
    return { slice: { telling: { due: false, said } } };
  const hasGrown = joined >= manyMembers && joined >= manyTimes * said;
  const grown: Planned = {
    effect: { kind: "ticket.comment", note: { about: "grown", atMs: moment.nowMs } },
  };
  return {
    slice: { telling: { due: false, said: hasGrown ? joined : said } },
    effects: hasGrown ? [grown] : [],
  };
}
