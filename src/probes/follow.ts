/**
 * Follows one service: (what is known, a new look or new reports, the moment) → (what is known, event). The event is the
 * same that detection gives to incidents: an episode opens, or closes. Pure.
 *
 *     healthy ── a verdict ──► open ── a worse severity, or a kind that was not reported ──► open, with a new episode
 *        ▲                       │
 *        └── nothing is broken ──┘
 *
 * A service has at most one open episode, because it is one member of one incident.
 */
import type {
  BrokenNeed,
  ServiceEpisode,
  ServiceEpisodeKind,
  Severity,
} from "../incidents/episode.ts";
import type { ServiceEpisodeClosed } from "../incidents/event.ts";
import { fingerprint } from "../incidents/fingerprint.ts";
import { worse } from "../incidents/severity.ts";
import type { ServiceSubject } from "../incidents/subject.ts";
import type { Report } from "./intake/report.ts";
import { type WholeVerdict, withReports } from "./intake/with-reports.ts";
import type { ProbeLook, ProbeQuestion, SeenContainers } from "./probe.ts";
import { newStanding, type ProbeStanding, stood } from "./standing.ts";
import { type ServiceVerdict, verdictOf } from "./verdict.ts";

/** The open episode of a service. */
export interface OpenWatch {
  /** Id of its newest episode. */
  readonly episode: string;
  readonly severity: Severity;
  /** The kinds that were reported since it opened. */
  readonly kinds: readonly ServiceEpisodeKind[];
  /** Names of the first alerts and reports since it opened. Each of them had a new episode. Left out where none came. */
  readonly told?: readonly string[] | undefined;
  /** ms since 1970. */
  readonly sinceMs: number;
}

/** Everything that is stored of a service. Each field may be missing. */
export interface ServiceWatch {
  /** By id of the question. */
  readonly standings?: Readonly<Record<string, ProbeStanding>>;
  readonly seen?: SeenContainers | undefined;
  /** What the probes together say; left out while they find nothing. */
  readonly probed?: ServiceVerdict | undefined;
  /** What others have reported, by fingerprint. */
  readonly reports?: Readonly<Record<string, Report>> | undefined;
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
  const stands = standings[question.id] ?? newStanding;
  const after = { ...standings, [question.id]: answered(stands, { question, look, seen }, moment) };
  const probed = verdictOf(
    questions.map(({ id, way }) => ({ id, way, standing: after[id] ?? newStanding })),
    service,
  );
  const known = { ...before, standings: after, seen, probed };
  return judged(known, { subject: service.subject, ...moment });
}

export interface JudgingMoment extends FollowingMoment {
  readonly subject: ServiceSubject;
}

/** What follows from what is known now of a service. */
export function judged(known: ServiceWatch, moment: JudgingMoment): Followed {
  const { standings, seen, probed, reports = {} } = known;
  const { open, event } = opening(known.open, withReports(probed, reports), moment);
  const watch = {
    ...(standings && { standings }),
    ...(seen && { seen }),
    ...(probed && { probed }),
    ...(Object.keys(reports).length > 0 && { reports }),
    ...(open && { open }),
  };
  return { watch, event };
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

/** So many alerts and reports of an open episode have an episode each. The others are stored and counted. */
const mostTold = 5;

function opening(
  open: OpenWatch | undefined,
  verdict: WholeVerdict | undefined,
  moment: JudgingMoment,
): { readonly open: OpenWatch | undefined; readonly event: Followed["event"] } {
  if (verdict === undefined)
    return { open: undefined, event: open && closing(open.episode, moment) };
  if (open !== undefined && !isNews(verdict, open)) return { open, event: undefined };
  const event = opened(verdict, moment);
  return { open: withEpisode(open, verdict, { episode: event.id, ...moment }), event };
}

function isNews(
  { severity, kinds, names }: WholeVerdict,
  { severity: before, kinds: known, told = [] }: OpenWatch,
): boolean {
  const isNewName = told.length < mostTold && names.some((name) => !told.includes(name));
  return severity < before || isNewName || kinds.some((kind) => !known.includes(kind));
}

function withEpisode(
  open: OpenWatch | undefined,
  { severity, kinds, names }: WholeVerdict,
  { episode, nowMs }: Pick<OpenWatch, "episode"> & Pick<JudgingMoment, "nowMs">,
): OpenWatch {
  const told = unique([...(open?.told ?? []), ...names]).slice(0, mostTold);
  return {
    episode,
    severity: worse(severity, open?.severity ?? severity),
    kinds: unique([...(open?.kinds ?? []), ...kinds]),
    ...(told.length > 0 && { told }),
    sinceMs: open?.sinceMs ?? nowMs,
  };
}

const unique = <T>(all: readonly T[]): readonly T[] => [...new Set(all)];

/** The longest reason. The probes say the rest. */
const longestReason = 600;

function opened(verdict: WholeVerdict, { subject, nowMs, needs }: JudgingMoment): ServiceEpisode {
  const at = Math.round(nowMs * 1000);
  const { kind, severity, probes, detectedBy } = verdict;
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
    ...(verdict.class !== undefined && { class: verdict.class }),
    ...(detectedBy !== undefined && { detectedBy }),
    probes,
    ...(needs.length > 0 && { needs }),
  };
}

/** Ends the open episode of a service. */
export function closing(
  episode: string,
  { subject: service, nowMs }: Pick<JudgingMoment, "subject" | "nowMs">,
): ServiceEpisodeClosed {
  const at = Math.round(nowMs * 1000);
  const id = `${episode}-over`;
  return { type: "episode_closed", episode, id, service, at, cause: "recovered" };
}
