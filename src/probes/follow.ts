/**
 * Follows one service: (what was seen, a new look, the moment) → (what was seen, event). The event is the same that
 * detection gives to incidents: an episode opens, or closes. Pure.
 *
 *     healthy ── a verdict ──► open ── a worse severity, or a kind that was not reported ──► open, with a new episode
 *        ▲                       │
 *        └── nothing is broken ──┘
 *
 * A service has at most one open episode, because it is one member of one incident.
 */
import type { BrokenNeed, ProbedKind, ServiceEpisode, Severity } from "../incidents/episode.ts";
import type { ServiceEpisodeClosed } from "../incidents/event.ts";
import { fingerprint } from "../incidents/fingerprint.ts";
import { worse } from "../incidents/severity.ts";
import type { ServiceSubject } from "../incidents/subject.ts";
import type { ProbeLook, ProbeQuestion, SeenContainers } from "./probe.ts";
import { newStanding, type ProbeStanding, stood } from "./standing.ts";
import { type ServiceVerdict, verdictOf } from "./verdict.ts";

/** The open episode of a service. */
export interface OpenWatch {
  /** Id of its newest episode. */
  readonly episode: string;
  readonly severity: Severity;
  /** The kinds that were reported since it opened. */
  readonly kinds: readonly ProbedKind[];
  /** ms since 1970. */
  readonly sinceMs: number;
}

/** Everything that is stored of a service. Each field may be missing. */
export interface ServiceWatch {
  /** By id of the question. */
  readonly standings?: Readonly<Record<string, ProbeStanding>>;
  readonly seen?: SeenContainers | undefined;
  readonly open?: OpenWatch | undefined;
}

export interface Followed {
  readonly watch: ServiceWatch;
  readonly event: ServiceEpisode | ServiceEpisodeClosed | undefined;
}

export interface FollowingMoment {
  readonly nowMs: number;
  /** The broken services on which this one depends. */
  readonly needs: readonly BrokenNeed[];
}

/** @param questions all of this service; what is stored of others is dropped */
export function follow(
  before: ServiceWatch,
  { question, look }: { readonly question: ProbeQuestion; readonly look: ProbeLook },
  { questions, ...moment }: FollowingMoment & { readonly questions: readonly ProbeQuestion[] },
): Followed {
  const { service } = question;
  const seen = look.seen ?? before.seen;
  const standings = Object.fromEntries(
    questions.map(({ id }) => [id, before.standings?.[id] ?? newStanding]),
  );
  const known = standings[question.id] ?? newStanding;
  const after = { ...standings, [question.id]: answered(known, { question, look, seen }, moment) };
  const verdict = verdictOf(
    questions.map(({ id, way }) => ({ id, way, standing: after[id] ?? newStanding })),
    service,
  );
  const { open, event } = opening(before.open, verdict, { subject: service.subject, ...moment });
  return {
    watch: { standings: after, ...(seen && { seen }), ...(open && { open }) },
    event,
  };
}

interface Answered {
  readonly question: ProbeQuestion;
  readonly look: ProbeLook;
  readonly seen: SeenContainers | undefined;
}

/** The endpoints of a service whose containers a person has stopped are expected to fail. */
function answered(
  known: ProbeStanding,
  { question, look, seen }: Answered,
  { nowMs }: FollowingMoment,
): ProbeStanding {
  const { way, service } = question;
  const isEndpoint = way !== "container" && question.kind !== "memory";
  if (isEndpoint && seen?.stopped === true && look.answer.status !== "fine") return newStanding;
  return stood(known, look.answer, {
    nowMs,
    startGraceMs: service.startGraceMs,
    startedAtMs: isEndpoint ? seen?.startedAtMs : undefined,
  });
}

interface Opening extends FollowingMoment {
  readonly subject: ServiceSubject;
}

function opening(
  open: OpenWatch | undefined,
  verdict: ServiceVerdict | undefined,
  moment: Opening,
): { readonly open: OpenWatch | undefined; readonly event: Followed["event"] } {
  if (verdict === undefined)
    return { open: undefined, event: open && closing(open.episode, moment) };
  const { kind, severity } = verdict;
  const { kinds = [], sinceMs = moment.nowMs, severity: before = "P2" } = open ?? {};
  const isNews = severity < before || !kinds.includes(kind);
  if (!isNews) return { open, event: undefined };
  const event = opened(verdict, moment);
  const all = [...new Set([...kinds, kind])];
  return {
    open: { episode: event.id, severity: worse(severity, before), kinds: all, sinceMs },
    event,
  };
}

/** The longest reason. The probes say the rest. */
const longestReason = 600;

function opened(verdict: ServiceVerdict, { subject, nowMs, needs }: Opening): ServiceEpisode {
  const at = Math.round(nowMs * 1000);
  const { kind, severity, probes } = verdict;
  return {
    type: "episode_opened",
    id: `probe-${fingerprint(subject)}-${at}-${kind}`,
    service: subject,
    at,
    kind,
    reason: probes
      .map(({ said }) => said)
      .join("; ")
      .slice(0, longestReason),
    severity,
    class: verdict.class,
    probes,
    ...(needs.length > 0 && { needs }),
  };
}

/** Ends the open episode of a service. */
export function closing(
  episode: string,
  { subject: service, nowMs }: Pick<Opening, "subject" | "nowMs">,
): ServiceEpisodeClosed {
  const at = Math.round(nowMs * 1000);
  const id = `${episode}-over`;
  return { type: "episode_closed", episode, id, service, at, cause: "recovered" };
}
