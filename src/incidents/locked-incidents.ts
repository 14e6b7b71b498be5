/** Locks and reads all incidents and digests that a batch of events can change, and keeps their new values. */
import {
  fingerprintsOf,
  getIncidents,
  latestOf,
  lockFingerprints,
  nextIncidentNumber,
} from "../store/incidents/incident.ts";
import type { Tx } from "../store/query.ts";
import { type Digest, isDigest } from "./digest.ts";
import { subjectOf } from "./episode.ts";
import type { IncidentEvent } from "./event.ts";
import { digestFingerprint, fingerprint } from "./fingerprint.ts";
import type { Incident } from "./incident.ts";
import { type Subject, scopeOf } from "./subject.ts";

/** Which incident an event is about. */
export interface Addressed {
  readonly event: IncidentEvent;
  /** Its id; left out, the newest incident of the event's subject. */
  readonly incident?: string | undefined;
}

/** The incidents and digests of one transaction, as its events have left them so far. */
export class LockedIncidents {
  readonly #byId = new Map<string, Incident | Digest>();
  readonly #newest = new Map<string, Incident | Digest>();
  readonly #stored = new Set<string>();
  readonly #changed = new Set<string>();
  #nextNumber: number;

  /** @param nextNumber of the next incident; NaN where none can be opened */
  constructor(stored: readonly (Incident | Digest)[], nextNumber: number) {
    for (const incident of stored) {
      this.#stored.add(incident.id);
      this.#keep(incident);
    }
    this.#nextNumber = nextNumber;
  }

  /** The number that a new incident gets. */
  get nextNumber(): number {
    return this.#nextNumber;
  }

  find({ event, incident }: Addressed): Incident | Digest | undefined {
    if (incident !== undefined) return this.#byId.get(incident);
    const subject = subjectOfEvent(event);
    return subject && this.#newest.get(fingerprint(subject));
  }

  /** The newest digest of the incident's scope. */
  digestOf({ subject }: Incident): Digest | undefined {
    const found = this.#newest.get(digestFingerprint(scopeOf(subject)));
    return found !== undefined && isDigest(found) ? found : undefined;
  }

  put(incident: Incident | Digest): void {
    this.#keep(incident);
    this.#changed.add(incident.id);
    if (incident.number === this.#nextNumber) this.#nextNumber += 1;
  }

  /** What has changed, of those that were stored before or of those that are new. */
  changed(which: "stored" | "new"): readonly (Incident | Digest)[] {
    return [...this.#byId.values()].filter(
      ({ id }) => this.#changed.has(id) && this.#stored.has(id) === (which === "stored"),
    );
  }

  #keep(incident: Incident | Digest): void {
    this.#byId.set(incident.id, incident);
    const newest = this.#newest.get(incident.fingerprint);
    if (newest === undefined || newest.number <= incident.number)
      this.#newest.set(incident.fingerprint, incident);
  }
}

/**
 * Takes the locks in the order that record-events.ts states.
 *
 * @param mayDigest whether an incident that is over without a ticket gets an entry in a digest
 */
export async function lockIncidents(
  tx: Tx,
  events: readonly Addressed[],
  { mayDigest }: { readonly mayDigest: boolean },
): Promise<LockedIncidents> {
  const ids = events.flatMap(({ incident }) => incident ?? []);
  const ofIds = await fingerprintsOf(tx, ids);
  const ofSubjects = unique(
    events.filter(({ incident }) => incident === undefined).flatMap(ownFingerprint),
  );
  await lockFingerprints(tx, unique([...ofIds.values(), ...ofSubjects]));
  const incidents = [...(await getIncidents(tx, ids)), ...(await latestOf(tx, ofSubjects))];
  const scopes = mayDigest ? digestsOf(events, new LockedIncidents(incidents, Number.NaN)) : [];
  await lockFingerprints(tx, scopes);
  const digests = await latestOf(tx, scopes);
  const opens = scopes.length > 0 || events.some(({ event }) => event.type === "episode_opened");
  const nextNumber = opens ? await nextIncidentNumber(tx) : Number.NaN;
  return new LockedIncidents([...incidents, ...digests], nextNumber);
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)].toSorted();

function subjectOfEvent(event: IncidentEvent): Subject | undefined {
  if (event.type === "episode_opened") return subjectOf(event);
  return "model" in event ? { kind: "model", key: event.model } : undefined;
}

function ownFingerprint({ event }: Addressed): readonly string[] {
  const subject = subjectOfEvent(event);
  return subject === undefined ? [] : [fingerprint(subject)];
}

/** Fingerprints of the digests that an incident may get an entry in: it may end, and nobody was told of it. */
function digestsOf(events: readonly Addressed[], known: LockedIncidents): readonly string[] {
  return unique(
    events.flatMap((addressed) => {
      const { type } = addressed.event;
      if (type !== "episode_closed" && type !== "quiet_passed") return [];
      const incident = known.find(addressed);
      if (incident !== undefined && (isDigest(incident) || incident.ticket !== undefined))
        return [];
      const subject = incident?.subject ?? subjectOfEvent(addressed.event);
      return subject === undefined ? [] : [digestFingerprint(scopeOf(subject))];
    }),
  );
}
