/** A member: one subject of an incident. Several subjects share an incident if one cause broke them together. */
import { causeOf, silence } from "./cause.ts";
import { type Episode, isModelEpisode, standingOf } from "./episode.ts";
import type { Subject } from "./subject.ts";

/** joined: broken now · recovered: its episode is over, and it stays for the quiet time · left: no longer in it. */
export type MemberState = "joined" | "recovered" | "left";

export interface Member {
  /** Fingerprint of its subject. A subject is in at most one incident that it has not left. */
  readonly fingerprint: string;
  readonly subject: Subject;
  readonly state: MemberState;
  readonly joinedAtMs: number;
  /** Its newest episode in the incident, as it was when it opened. */
  readonly episode: Episode;
}

/** A member with the id of its incident. */
export interface IncidentMember {
  readonly incident: string;
  readonly member: Member;
}

/** How many members are in each state. */
export type MemberCounts = Readonly<Record<MemberState, number>>;

/** The facts that decide which episodes join an incident. */
export interface Group {
  /** When its first episode opened by the time of its rows, microseconds since 1970. The window begins then. */
  readonly at: number;
  readonly cause: string;
  /** Time of the newest row of its silent members, microseconds since 1970. */
  readonly newestRow: number;
  /** No row of the source is newer than `newestRow`: the whole source is silent. */
  readonly whole?: true | undefined;
}

const none: MemberCounts = { joined: 0, recovered: 0, left: 0 };

/** The counts of an incident without members. */
export const noMembers = none;

/** The counts of an incident with one member, by the state of the incident. */
export const countsOf = {
  open: { ...none, joined: 1 },
  recovered: { ...none, recovered: 1 },
  resolved: { ...none, left: 1 },
} as const satisfies Record<string, MemberCounts>;

/** One member's change of state; `before` is undefined where it is new. */
export function moved(
  counts: MemberCounts,
  before: MemberState | undefined,
  after: MemberState,
): MemberCounts {
  const without = before === undefined ? counts : { ...counts, [before]: counts[before] - 1 };
  return { ...without, [after]: without[after] + 1 };
}

export function sumOf(a: MemberCounts, b: MemberCounts): MemberCounts {
  return {
    joined: a.joined + b.joined,
    recovered: a.recovered + b.recovered,
    left: a.left + b.left,
  };
}

/** How many members the incident has ever had. */
export const totalOf = ({ joined, recovered, left }: MemberCounts): number =>
  joined + recovered + left;

/** How many members have not left. */
export const presentOf = ({ joined, recovered }: MemberCounts): number => joined + recovered;

/** Whether the incident has, or had, several members. */
export const isShared = ({ members }: { readonly members: MemberCounts }): boolean =>
  totalOf(members) > 1;

export function groupOf(episode: Episode): Group {
  const newestRow = standingOf(episode).newestRowMs * 1000;
  return { at: episode.at, cause: causeOf(episode), newestRow };
}

/** The group once the episode of another member has joined it. */
export function withEpisode(group: Group, episode: Episode): Group {
  if (group.cause !== silence || !isModelEpisode(episode)) return group;
  const { sourceNewest } = episode;
  const newestRow = Math.max(group.newestRow, episode.newestRow);
  const whole = sourceNewest !== undefined && sourceNewest <= newestRow;
  return { ...group, newestRow, whole: whole ? true : undefined };
}

/** The fields of an incident that describe its first member. */
interface Unshared extends Pick<Member, "fingerprint" | "subject" | "episode"> {
  readonly state: keyof typeof stateOf;
  readonly openedAtMs: number;
}

const stateOf = { open: "joined", recovered: "recovered", resolved: "left" } as const;

/** The only member of an incident that is not shared. */
export function onlyMember(incident: Unshared): Member {
  const { fingerprint, subject, state, openedAtMs, episode } = incident;
  return { fingerprint, subject, state: stateOf[state], joinedAtMs: openedAtMs, episode };
}
