/** Places a sequence of episodes one after the other. Each placement takes the earlier ones into account. */
import { causeOf, scattered } from "./cause.ts";
import { type Episode, subjectOf } from "./episode.ts";
import { fingerprint } from "./fingerprint.ts";
import type { Incident } from "./incident.ts";
import { isShared, type Member, presentOf } from "./member.ts";
import {
  type Candidate,
  gatherMs,
  type Membership,
  type Placement,
  type PlacingMoment,
  place,
} from "./place.ts";
import type { Step } from "./reduce/reduce.ts";
import { sourceScope } from "./subject.ts";

/** The stored places before the first episode. */
export interface KnownPlaces {
  /** Open incidents by the scope of their source, oldest first. */
  readonly open: ReadonlyMap<string, readonly Candidate[]>;
  /** Memberships by the fingerprint of the subject. */
  readonly memberships: ReadonlyMap<string, Membership>;
  /** Known models, by the scope of their source. */
  readonly sourceModels: ReadonlyMap<string, number>;
}

/** An episode's placement with the id of its incident. */
export interface PlacedEpisode extends Placement {
  /** Id of the incident that it joined or opened. */
  readonly incident: string;
}

export class Placing {
  readonly #open: Map<string, readonly Candidate[]>;
  readonly #memberships: Map<string, Membership>;
  readonly #sourceModels: ReadonlyMap<string, number>;
  /** Opening times of incidents that were opened here, ms since 1970. */
  readonly #openedAtMs = new Map<string, number>();

  constructor({ open, memberships, sourceModels }: KnownPlaces) {
    this.#open = new Map(open);
    this.#memberships = new Map(memberships);
    this.#sourceModels = sourceModels;
  }

  /** Id of the incident that the subject is in, or was in last. */
  incidentOf(subject: string): string | undefined {
    return this.#memberships.get(subject)?.incident;
  }

  take(episode: Episode, moment: PlacingMoment): PlacedEpisode {
    const subject = subjectOf(episode);
    const scope = sourceScope(subject);
    const own = this.#memberships.get(fingerprint(subject));
    const open = (this.#open.get(scope) ?? []).map((known) => this.#asTold(known, moment.nowMs));
    const sourceModels = this.#sourceModels.get(scope) ?? 0;
    const placement = place(episode, { own, open, sourceModels }, moment);
    const incident = placement.joins ?? incidentIdOf(episode);
    if (placement.joins === undefined) this.#openedAtMs.set(incident, moment.nowMs);
    this.#open.set(scope, afterwards(open, episode, { placement, incident, own }));
    for (const [known, membership] of this.#memberships)
      if (placement.absorbs.includes(membership.incident))
        this.#memberships.set(known, { ...membership, incident });
    this.#memberships.set(fingerprint(subject), {
      incident,
      state: "joined",
      kind: episode.kind,
      cause: causeOf(episode),
      shared: open.some((known) => known.incident === incident && known.size > 1),
      resolvedAtMs: undefined,
    });
    return { ...placement, incident };
  }

  /** Takes over the changes of an incident and its member by an event. */
  follow({ incident, member }: Pick<Step, "incident" | "member">): void {
    if (member !== undefined)
      this.#memberships.set(member.fingerprint, membershipOf(incident, member));
    const scope = sourceScope(incident.subject);
    const open = this.#open.get(scope) ?? [];
    if (incident.state !== "resolved") {
      const size = presentOf(incident.members);
      const followed = (known: Candidate): Candidate =>
        known.incident === incident.id ? { ...known, size } : known;
      this.#open.set(scope, open.map(followed));
      return;
    }
    this.#open.set(
      scope,
      open.filter((known) => known.incident !== incident.id),
    );
    const { resolvedAtMs } = incident;
    for (const [known, membership] of this.#memberships)
      if (membership.incident === incident.id)
        this.#memberships.set(known, { ...membership, resolvedAtMs });
  }

  #asTold(known: Candidate, nowMs: number): Candidate {
    const openedAtMs = this.#openedAtMs.get(known.incident) ?? nowMs;
    return { ...known, untold: known.untold && nowMs - openedAtMs < gatherMs };
  }
}

function membershipOf(incident: Incident, { state, episode }: Member): Membership {
  const { id, resolvedAtMs } = incident;
  const { kind } = episode;
  const shared = isShared(incident);
  return { incident: id, state, kind, cause: causeOf(episode), shared, resolvedAtMs };
}

/** The id of an incident is derived from the id of the episode that opens it. */
const incidentIdOf = ({ id }: Episode): string => `inc-${id}`;

interface Into {
  readonly placement: Placement;
  readonly incident: string;
  readonly own: Membership | undefined;
}

/** The candidates once the episode has been placed. */
function afterwards(
  open: readonly Candidate[],
  episode: Episode,
  { placement: { joins, absorbs }, incident, own }: Into,
): readonly Candidate[] {
  const cause = causeOf(episode);
  const known = open.find((candidate) => candidate.incident === incident);
  if (known === undefined)
    return [...open, { incident, at: episode.at, cause, size: 1, untold: joins === undefined }];
  const absorbed = open.filter((candidate) => absorbs.includes(candidate.incident));
  const isMember = own?.incident === incident && own.state !== "left";
  const grown: Candidate = {
    ...known,
    cause: absorbed.length === 0 && (cause === known.cause || isMember) ? known.cause : scattered,
    size: absorbed.reduce((sum, { size }) => sum + size, known.size + (isMember ? 0 : 1)),
  };
  return open
    .filter((candidate) => !absorbed.includes(candidate))
    .map((candidate) => (candidate === known ? grown : candidate));
}
