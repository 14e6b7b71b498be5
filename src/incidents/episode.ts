/** An episode as incidents see it: subject, kind, and the evidence for that kind of subject. */
import { type EpisodeOpened, episodeKinds } from "../detection/event.ts";
import type { ServiceSubject, Subject } from "./subject.ts";

/** The severities, worst first. */
export const severities = ["P0", "P1", "P2"] as const;
export type Severity = (typeof severities)[number];

const serviceEpisodeKinds = [
  "down",
  "oom",
  "restart_loop",
  "unhealthy",
  "memory",
  "disk",
  "metric",
  "alert",
  "report",
  "storm",
] as const;
export type ServiceEpisodeKind = (typeof serviceEpisodeKinds)[number];

/** The kinds that probes of services open. */
export const probedKinds = [
  "down",
  "oom",
  "restart_loop",
  "unhealthy",
  "memory",
] as const satisfies readonly ServiceEpisodeKind[];
export type ProbedKind = (typeof probedKinds)[number];

/** The kinds that others report: alerts of other programs, and people. */
export const reportedKinds = ["alert", "report"] as const satisfies readonly ServiceEpisodeKind[];
export type ReportedKind = (typeof reportedKinds)[number];

/** Who noticed a fault. */
export type DetectedBy = "detector" | "probe" | "alert" | "user_report";

/** An episode of a model, from its detectors. It is detection's event, as it is stored. */
export type ModelEpisode = EpisodeOpened;

/**
 * Who probably has to act. `infrastructure`: the service does not run, or cannot be reached. `behaviour`: it answers, and
 * wrongly.
 */
export type FaultClass = "infrastructure" | "behaviour";

/** What one probe of a service saw. */
export interface Sighting {
  /** `container`, `http https://…/healthz`. */
  readonly probe: string;
  /** One sentence with its numbers. It may hold text from the service. */
  readonly said: string;
}

/** A broken service on which another one depends. */
export interface BrokenNeed {
  readonly service: string;
  readonly kind: ServiceEpisodeKind;
  /** ms since 1970. */
  readonly sinceMs: number;
}

/** An episode of a service, from a probe, an alert or a person. */
export interface ServiceEpisode {
  readonly type: "episode_opened";
  readonly id: string;
  readonly service: ServiceSubject;
  /** When it was seen, microseconds since 1970. */
  readonly at: number;
  readonly kind: ServiceEpisodeKind;
  /** What was seen, one sentence with its numbers. */
  readonly reason: string;
  /** The severity from the probe, the alert or the person. */
  readonly severity: Severity;
  /** Left out where nobody can tell. */
  readonly class?: FaultClass;
  /** Left out where a probe noticed it. */
  readonly detectedBy?: Exclude<DetectedBy, "detector" | "probe">;
  /** What each failing probe, alert and report says, the most important first. */
  readonly probes?: readonly Sighting[];
  /** The services on which it depends that are broken too; left out where there are none. */
  readonly needs?: readonly BrokenNeed[];
  /** Only of the kind `storm`. */
  readonly storm?: StormEvidence;
}

/** The anomalous models and requested targets when a storm began. The lists are shortened; the counts are complete. */
export interface StormEvidence {
  readonly models: readonly string[];
  readonly modelCount: number;
  readonly targets: readonly string[];
  readonly targetCount: number;
  /** The storm is over when at most these numbers are left. */
  readonly endsAt: { readonly models: number; readonly targets: number };
}

export type Episode = ModelEpisode | ServiceEpisode;
/** `source_silent`: several models of a source are silent, and no other model of it has sent a row since. */
export const incidentKinds = [...episodeKinds, ...serviceEpisodeKinds, "source_silent"] as const;
export type IncidentKind = (typeof incidentKinds)[number];

/**
 * The kinds with which episodes open. A condition on incidents may name only these, because another kind would match
 * nothing.
 */
export const openedKinds = [
  ...episodeKinds.filter((kind) => kind !== "level_shift"),
  "source_silent",
  "storm",
  ...probedKinds,
  ...reportedKinds,
] as const satisfies readonly IncidentKind[];

/**
 * No fix runs for these. A record that cannot be processed is no fault of a target. A storm holds every fix back. The
 * outcome of a run for a service cannot be verified yet.
 */
const unfixable: readonly IncidentKind[] = ["quarantined", ...serviceEpisodeKinds];

/** Whether a fix may match this kind. */
export function isFixable(kind: IncidentKind): boolean {
  return !unfixable.includes(kind);
}

export function isModelEpisode(episode: Episode): episode is ModelEpisode {
  return "model" in episode;
}

/** A storm is found among the incidents of models, so it counts as found by detectors. */
export function detectedBy(episode: Episode): DetectedBy {
  if (isModelEpisode(episode) || episode.kind === "storm") return "detector";
  return episode.detectedBy ?? "probe";
}

/** The facts that decide whether a run may act on an episode. */
export interface Standing {
  /** Time of the newest row, or of the sighting, behind the episode. */
  readonly newestRowMs: number;
  /** The model's usual time between attributions; undefined while unknown, and of a service. */
  readonly cadenceMs: number | undefined;
  /** How far the model is learned; undefined when it is warm, and of a service. */
  readonly warmUp: string | undefined;
}

export function standingOf(episode: Episode): Standing {
  if (!isModelEpisode(episode))
    return { newestRowMs: episode.at / 1000, cadenceMs: undefined, warmUp: undefined };
  const { newestRow, cadence, warmUp } = episode;
  const cadenceMs = cadence === undefined ? undefined : cadence / 1000;
  return { newestRowMs: newestRow / 1000, cadenceMs, warmUp };
}

export function subjectOf(episode: Episode): Subject {
  return isModelEpisode(episode) ? { kind: "model", key: episode.model } : episode.service;
}
