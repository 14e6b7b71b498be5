/**
 * Converts incidents and digests to their stored documents and back. A document names a model by `model`. A digest is a
 * document with `missed`; its model has neither source nor name. Older programs read and write the same spelling.
 */
import {
  type Digest,
  type DigestEntry,
  isDigest,
  isOverflow,
  newestEpisode,
} from "../../incidents/digest.ts";
import type { Incident } from "../../incidents/incident.ts";
import { countsOf, groupOf } from "../../incidents/member.ts";
import {
  digestText,
  overflowText,
  type ServiceSubject,
  scopeKey,
  scopeOf,
  sourceScope,
  subjectText,
} from "../../incidents/subject.ts";
import type { ModelKey } from "../../model-key.ts";

type Shared = Omit<
  Incident,
  | "subject"
  | "inDigest"
  | "members"
  | "group"
  | "memberList"
  | "told"
  | "names"
  | "helpedBefore"
  | "team"
>;

/** The stored document. A digest has no members and no group. Documents of older programs may lack them too. */
export interface IncidentDocument extends Shared, Partial<Pick<Incident, "members" | "group">> {
  /** Missing where the subject is a service. */
  readonly model?: ModelKey;
  readonly service?: ServiceSubject;
  /** The digest reports this incident. */
  readonly inSummary?: true;
  /** The entries of a digest. */
  readonly missed?: readonly DigestEntry[];
  /** Only in a digest of the incidents beyond the budget of new tickets. */
  readonly stillOpen?: number;
}

export function toDocument(subject: Incident | Digest): IncidentDocument {
  return isDigest(subject) ? digestDocument(subject) : incidentDocument(subject);
}

function incidentDocument({
  subject,
  inDigest,
  memberList: _shown,
  told: _texts,
  names: _names,
  helpedBefore: _runs,
  team: _routed,
  ...shared
}: Incident): IncidentDocument {
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
  const { model = "", service, inSummary, missed, stillOpen, ...shared } = document;
  const [first, ...others] = missed ?? [];
  if (first !== undefined) {
    const { episode: _newest, runs: _none, members: _nobody, group: _nothing, ...digest } = shared;
    return {
      ...digest,
      ...(stillOpen !== undefined && { stillOpen }),
      scope: scopeOf({ kind: "model", key: model }),
      entries: [first, ...others],
    };
  }
  const { members = countsOf[shared.state], group = groupOf(shared.episode) } = document;
  return {
    ...shared,
    members,
    group,
    subject: service ?? { kind: "model", key: model },
    ...(inSummary === true && { inDigest: true }),
  };
}

/** The scope. Incidents of one scope may share members. */
export function scopeColumn(subject: Incident | Digest): string {
  return isDigest(subject) ? scopeKey(subject.scope) : sourceScope(subject.subject);
}

/** The text from which the fingerprint is computed. */
export function subjectColumn(subject: Incident | Digest): string {
  if (!isDigest(subject)) return subjectText(subject.subject);
  return (isOverflow(subject) ? overflowText : digestText)(subject.scope);
}
