/** An incident or a digest as the API shows it; never the stored document. */
import { isoTime } from "../iso-time.ts";
import { modelKey, modelName } from "../model-key.ts";
import { type Digest, isDigest } from "./digest.ts";
import {
  type DetectedBy,
  detectedBy,
  type Episode,
  type FaultClass,
  type IncidentKind,
  isModelEpisode,
  type Severity,
  subjectOf,
} from "./episode.ts";
import type { Incident, IncidentState, RunSummary, TicketRef } from "./incident.ts";
import { type MemberState, totalOf } from "./member.ts";
import type { ListedMember } from "./member-list.ts";
import { type Silence, silencedName } from "./silence.ts";
import { type Subject, scopeKey } from "./subject.ts";

export interface SubjectJson {
  /** `digest`: several subjects of one tenant and environment, whose incidents share this ticket. */
  readonly kind: Subject["kind"] | "digest";
  readonly name: string;
  /** tenant / environment / source / name. */
  readonly key: string;
}

export interface MemberJson {
  readonly subject: SubjectJson;
  readonly kind: IncidentKind;
  readonly severity: Severity;
  readonly state: MemberState;
  /** When its newest episode opened. */
  readonly since: string | null;
  /** The rule that fired, with its numbers. */
  readonly reason: string;
  /** Most to blame first. */
  readonly features: readonly string[];
  /** Who noticed its newest episode. */
  readonly detected_by: DetectedBy;
  /** Only of a service, where it is known: `infrastructure` or `behaviour`. */
  readonly class?: FaultClass;
  /** Only of a digest: number of the incident of this entry. */
  readonly incident?: number;
}

export interface RunSummaryJson {
  readonly id: string;
  readonly fix: string;
  readonly remediation: string;
  readonly target: string | null;
  readonly at: string | null;
  readonly status: RunSummary["status"];
  /** The gate that denied it. */
  readonly gate: string | null;
  /** When a run that was denied for now is tried again; else null. */
  readonly retry_at: string | null;
  readonly detail: string;
  readonly outcome: NonNullable<RunSummary["outcome"]> | null;
}

/** Until `until` the incident is not reported, and no fix runs for it. */
export interface SilenceJson {
  /** What it covers: `credit_score of churn-v7`, `source main (silent)`. */
  readonly about: string;
  readonly by: string;
  readonly since: string | null;
  readonly until: string | null;
}

export interface IncidentJson {
  readonly number: number;
  readonly id: string;
  readonly fingerprint: string;
  /** Its first member. */
  readonly subject: SubjectJson;
  readonly kinds: readonly IncidentKind[];
  readonly severity: Severity;
  readonly state: IncidentState;
  readonly opened_at: string | null;
  readonly resolved_at: string | null;
  /** How many members it has ever had, and the twenty most important; for a digest the twenty newest. */
  readonly members: { readonly total: number; readonly items: readonly MemberJson[] };
  readonly ticket: TicketRef | null;
  /** Oldest first, at most 20. */
  readonly runs: readonly RunSummaryJson[];
  /** The silence of the incident; left out where it has none. */
  readonly silence?: SilenceJson;
}

/** @param lines the most important members of an incident; not used for a digest */
export function incidentJson(
  shown: Incident | Digest,
  lines: readonly ListedMember[] = [],
): IncidentJson {
  const { number, id, fingerprint, kinds, severity, state, openedAtMs, resolvedAtMs, ticket } =
    shown;
  return {
    number,
    id,
    fingerprint,
    subject: isDigest(shown) ? digestSubject(shown) : subjectJson(shown.subject),
    kinds,
    severity,
    state,
    opened_at: isoTime(openedAtMs),
    resolved_at: state === "resolved" ? isoTime(resolvedAtMs) : null,
    members: isDigest(shown)
      ? { total: shown.occurrences, items: entriesOf(shown) }
      : { total: totalOf(shown.members), items: lines.map(memberJson) },
    ticket: ticket === undefined ? null : { id: ticket.id, key: ticket.key, url: ticket.url },
    runs: isDigest(shown) ? [] : shown.runs.map(runSummaryJson),
    ...(!isDigest(shown) && shown.silence !== undefined && { silence: silenceJson(shown.silence) }),
  };
}

function silenceJson(silence: Silence): SilenceJson {
  const { by, atMs, untilMs } = silence;
  return { about: silencedName(silence), by, since: isoTime(atMs), until: isoTime(untilMs) };
}

function subjectJson(subject: Subject): SubjectJson {
  if (subject.kind === "model") {
    return { kind: "model", name: modelName(subject.key).model, key: subject.key };
  }
  const { kind, name, tenant, environment } = subject;
  return { kind, name, key: modelKey({ tenant, environment, source: "", model: name }) };
}

function digestSubject({ scope }: Digest): SubjectJson {
  return { kind: "digest", name: `${scope.tenant}/${scope.environment}`, key: scopeKey(scope) };
}

const namedEntries = 20;

/** The newest entries, newest first. */
function entriesOf({ entries }: Digest): readonly MemberJson[] {
  return entries
    .slice(-namedEntries)
    .toReversed()
    .map(({ episode, severity, endMs, incident }) => {
      const state = endMs === undefined ? "joined" : "left";
      return { ...memberJson({ episode, severity, state }), incident };
    });
}

function memberJson({ episode, state, severity }: ListedMember): MemberJson {
  return {
    subject: subjectJson(subjectOf(episode)),
    kind: episode.kind,
    severity,
    state,
    since: isoTime(episode.at / 1000),
    reason: episode.reason,
    features: featuresOf(episode),
    detected_by: detectedBy(episode),
    ...(!isModelEpisode(episode) && episode.class !== undefined && { class: episode.class }),
  };
}

function featuresOf(episode: Episode): readonly string[] {
  return isModelEpisode(episode) ? episode.features.map(({ feature }) => feature) : [];
}

function runSummaryJson(run: RunSummary): RunSummaryJson {
  const { id, fix, remediation, status, detail } = run;
  return {
    id,
    fix,
    remediation,
    target: run.target ?? null,
    at: isoTime(run.atMs),
    status,
    gate: run.gate ?? null,
    retry_at: isoTime(run.retryAtMs),
    detail,
    outcome: run.outcome ?? null,
  };
}
