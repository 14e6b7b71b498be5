/**
 * Incidents and digests as their documents spell them. A document names its subject by `model`; a digest is a document
 * with `missed`, whose model has neither source nor name. Older programs read and write the same spelling.
 */
import { type Digest, type DigestEntry, isDigest, newestEpisode } from "../../incidents/digest.ts";
import type { Incident } from "../../incidents/incident.ts";
import {
  digestText,
  type ServiceSubject,
  scopeKey,
  scopeOf,
  subjectText,
} from "../../incidents/subject.ts";
import type { ModelKey } from "../../model-key.ts";

type Shared = Omit<Incident, "subject" | "inDigest">;

/** As stored. */
export interface IncidentDocument extends Shared {
  /** Missing where the subject is a service. */
  readonly model?: ModelKey;
  readonly service?: ServiceSubject;
  /** The digest tells of it. */
  readonly inSummary?: true;
  /** The entries of a digest. */
  readonly missed?: readonly DigestEntry[];
}

export function toDocument(subject: Incident | Digest): IncidentDocument {
  return isDigest(subject) ? digestDocument(subject) : incidentDocument(subject);
}

function incidentDocument({ subject, inDigest, ...shared }: Incident): IncidentDocument {
  return {
    ...shared,
    ...(subject.kind === "model" ? { model: subject.key } : { service: subject }),
    ...(inDigest === true && { inSummary: true }),
  };
}

function digestDocument(digest: Digest): IncidentDocument {
  const { scope, entries, ...shared } = digest;
  const episode = newestEpisode(digest);
  return { ...shared, model: scopeKey(scope), episode, missed: entries, runs: [] };
}

export function fromDocument(document: IncidentDocument): Incident | Digest {
  const { model = "", service, inSummary, missed, ...shared } = document;
  const [first, ...others] = missed ?? [];
  if (first !== undefined) {
    const { episode: _newest, runs: _none, ...digest } = shared;
    return {
      ...digest,
      scope: scopeOf({ kind: "model", key: model }),
      entries: [first, ...others],
    };
  }
  return {
    ...shared,
    subject: service ?? { kind: "model", key: model },
    ...(inSummary === true && { inDigest: true }),
  };
}

/** The text that its fingerprint is made of. */
export function subjectColumn(subject: Incident | Digest): string {
  return isDigest(subject) ? digestText(subject.scope) : subjectText(subject.subject);
}
