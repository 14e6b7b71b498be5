/** Incidents, digests and members in memory, as the events so far have changed them. It uses no store. */
import { scattered } from "./cause.ts";
import { type Digest, type DigestEntry, isDigest } from "./digest.ts";
import { type Episode, subjectOf } from "./episode.ts";
import type { IncidentEvent } from "./event.ts";
import { digestFingerprint, fingerprint, overflowFingerprint } from "./fingerprint.ts";
import type { Incident } from "./incident.ts";
import { type IncidentMember, type Member, noMembers, sumOf } from "./member.ts";
import { rememberedRuns } from "./remembered-runs.ts";
import { worse } from "./severity.ts";
import { scopeOf } from "./subject.ts";

/** One incident has become a part of another. */
export interface Absorbed {
  readonly from: string;
  readonly to: string;
}

/** The stored rows before the first event. */
export interface StoredIncidents {
  readonly incidents: readonly (Incident | Digest)[];
  readonly members: readonly IncidentMember[];
  /** The number of the next incident; NaN where none can be opened. */
  readonly nextNumber: number;
}

/** Holds the incidents, and records which of them have to be written. */
export class IncidentSet {
  readonly absorbed: Absorbed[] = [];
  readonly #byId = new Map<string, Incident | Digest>();
  readonly #digests = new Map<string, Digest>();
  readonly #members = new Map<string, Map<string, Member>>();
  readonly #stored = new Set<string>();
  readonly #changed = new Set<string>();
  readonly #changedMembers = new Set<Member>();
  readonly #storedEpisodes = new Set<Episode>();
  #nextNumber: number;

  constructor({ incidents, members, nextNumber }: StoredIncidents) {
    for (const incident of incidents) {
      this.#stored.add(incident.id);
      this.#keep(incident);
    }
    for (const { incident, member } of members) {
      this.#membersOf(incident).set(member.fingerprint, member);
      this.#storedEpisodes.add(member.episode);
    }
    this.#nextNumber = nextNumber;
  }

  /** The number that a new incident gets. */
  get nextNumber(): number {
    return this.#nextNumber;
  }

  /** The incident with this id, even where it has become a part of another. */
  get(id: string): Incident | Digest | undefined {
    return this.#byId.get(id);
  }

  /** The incident, or the one that it has become a part of. */
  find(id: string): Incident | Digest | undefined {
    const found = this.#byId.get(id);
    if (found === undefined || isDigest(found) || found.partOf === undefined) return found;
    return this.find(found.partOf);
  }

  /** The member that an event is about. */
  memberOf(incident: string, event: IncidentEvent): Member | undefined {
    const members = this.#membersOf(incident);
    if (event.type === "quiet_passed" || event.type === "retry_due")
      return [...members.values()].find(({ episode }) => episode.id === event.episode);
    const subject = fingerprintOfEvent(event);
    return subject === undefined ? undefined : members.get(subject);
  }

  /** The newest digest of the incident's scope: the overflow for an overflow entry, else that of missed episodes. */
  digestOf({ subject }: Incident, { isOverflow }: DigestEntry): Digest | undefined {
    const fingerprintOf = isOverflow === true ? overflowFingerprint : digestFingerprint;
    return this.#digests.get(fingerprintOf(scopeOf(subject)));
  }

  put(incident: Incident | Digest): void {
    this.#keep(incident);
    this.#changed.add(incident.id);
    if (incident.number === this.#nextNumber) this.#nextNumber += 1;
  }

  putMember(incident: string, member: Member): void {
    const members = this.#membersOf(incident);
    const before = members.get(member.fingerprint);
    if (before !== undefined) this.#changedMembers.delete(before);
    members.set(member.fingerprint, member);
    this.#changedMembers.add(member);
  }

  /** Merges incidents without a ticket into another one. */
  absorb(into: string, others: readonly string[], nowMs: number): void {
    for (const id of others) {
      const [to, from] = [this.find(into), this.#byId.get(id)];
      if (to === undefined || from === undefined || isDigest(to) || isDigest(from)) continue;
      this.put(withPart(to, from));
      this.put({ ...ended(from, nowMs), partOf: to.id });
      for (const member of this.#membersOf(id).values())
        this.#membersOf(to.id).set(member.fingerprint, member);
      this.#members.delete(id);
      this.absorbed.push({ from: id, to: to.id });
    }
  }

  /** The changed incidents: those that were stored before, or the new ones. */
  changed(which: "stored" | "new"): readonly (Incident | Digest)[] {
    return [...this.#byId.values()].filter(
      ({ id }) => this.#changed.has(id) && this.#stored.has(id) === (which === "stored"),
    );
  }

  /** Whether the member's episode is stored, so that only the state of the member can have changed. */
  isEpisodeStored({ episode }: Member): boolean {
    return this.#storedEpisodes.has(episode);
  }

  /** The changed members. Those that have left come first, because their subject may have joined another incident. */
  changedMembers(): readonly IncidentMember[] {
    const all = [...this.#members].flatMap(([incident, members]) =>
      [...members.values()].map((member): IncidentMember => ({ incident, member })),
    );
    const changed = all.filter(({ member }) => this.#changedMembers.has(member));
    return [...changed.filter(hasLeft), ...changed.filter((one) => !hasLeft(one))];
  }

  #membersOf(incident: string): Map<string, Member> {
    const members = this.#members.get(incident) ?? new Map<string, Member>();
    this.#members.set(incident, members);
    return members;
  }

  #keep(incident: Incident | Digest): void {
    this.#byId.set(incident.id, incident);
    if (!isDigest(incident)) return;
    const newest = this.#digests.get(incident.fingerprint);
    if (newest === undefined || newest.number <= incident.number)
      this.#digests.set(incident.fingerprint, incident);
  }
}

const hasLeft = ({ member }: IncidentMember): boolean => member.state === "left";

/** Fingerprint of the subject that an event names. */
export function fingerprintOfEvent(event: IncidentEvent): string | undefined {
  if (event.type === "episode_opened") return fingerprint(subjectOf(event));
  if (event.type === "episode_closed" && "service" in event) return fingerprint(event.service);
  return "model" in event ? fingerprint({ kind: "model", key: event.model }) : undefined;
}

function withPart(incident: Incident, part: Incident): Incident {
  return {
    ...incident,
    severity: worse(incident.severity, part.severity),
    members: sumOf(incident.members, part.members),
    group: { ...incident.group, cause: scattered },
    occurrences: incident.occurrences + part.occurrences,
    kinds: [...new Set([...incident.kinds, ...part.kinds])],
    silence: incident.silence ?? part.silence,
    runs: rememberedRuns([...incident.runs, ...part.runs]),
  };
}

const ended = (part: Incident, nowMs: number): Incident => ({
  ...part,
  state: "resolved",
  resolvedAtMs: nowMs,
  members: noMembers,
  ticketPromisedAtMs: undefined,
  silence: undefined,
});
