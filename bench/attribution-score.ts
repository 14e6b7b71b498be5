/** Scores episodes against labelled streams of importances, by the definitions of the data set's own scorer. */
import { quantileSorted } from "simple-statistics";
import type { Truth, TruthEvent, TruthModel } from "./attribution-truth.ts";

export interface ScoredEpisode {
  readonly model: string;
  /** Time at which it opened, seconds since 1970. */
  readonly start: number;
  /** Blamed when it opened, most to blame first. */
  readonly features: readonly string[];
}

/** The result for one harmful event. */
export interface EventOutcome {
  readonly event: TruthEvent;
  readonly found: boolean;
  /** Attributions from onset to opening; null when it was not found. */
  readonly delay: number | null;
  /** Whether the first blamed feature is guilty; null if no feature is guilty, or the event was not found. */
  readonly top1: boolean | null;
  readonly top3: boolean | null;
}

export interface AttributionScore {
  readonly events: number;
  readonly found: number;
  readonly recall: number;
  readonly medianDelay: number | null;
  readonly falseEpisodes: number;
  readonly modelWeeks: number;
  readonly falsePerModelWeek: number;
  readonly harmlessTrips: number;
  readonly repeats: number;
  readonly blameTop1: number | null;
  readonly blameTop3: number | null;
  readonly blameTop1Clear: number | null;
  readonly precision: number;
  readonly f1: number;
  /** Detectable harmful events. */
  readonly outcomes: readonly EventOutcome[];
  readonly falseAt: readonly ScoredEpisode[];
}

/**
 * Attributions after the end of an event in which it may still be found, and in which an episode does not count as
 * false.
 */
const graceRecall = 3;
const graceFalse = 10;
const lead = 1;
const weekSeconds = 604_800;

interface ModelScore {
  readonly outcomes: readonly EventOutcome[];
  readonly falseAt: readonly ScoredEpisode[];
  readonly trips: number;
  readonly repeats: number;
  readonly weeks: number;
}

export function scoreEpisodes(
  episodes: readonly ScoredEpisode[],
  { models, events }: Truth,
): AttributionScore {
  const sorted = episodes.toSorted((a, b) => a.start - b.start);
  const scores = models.map((model) =>
    scoreModel(
      model,
      events.filter((event) => event.model === model.model),
      sorted.filter((one) => one.model === model.model && one.start >= model.scored_from),
    ),
  );
  const outcomes = scores
    .flatMap((score) => score.outcomes)
    .filter(({ event }) => event.detectable === true);
  const falseAt = scores.flatMap((score) => score.falseAt);
  const sum = (of: (score: ModelScore) => number): number =>
    scores.reduce((total, score) => total + of(score), 0);
  const found = outcomes.filter((outcome) => outcome.found);
  const trips = sum(({ trips: own }) => own);
  const weeks = sum(({ weeks: own }) => own);
  const recall = found.length / Math.max(1, outcomes.length);
  const precision = found.length / Math.max(1, found.length + falseAt.length + trips);
  const delays = found.map(({ delay }) => delay ?? 0).toSorted((a, b) => a - b);
  return {
    events: outcomes.length,
    found: found.length,
    recall,
    medianDelay: delays.length === 0 ? null : quantileSorted(delays, 0.5),
    falseEpisodes: falseAt.length,
    modelWeeks: weeks,
    falsePerModelWeek: falseAt.length / weeks,
    harmlessTrips: trips,
    repeats: sum(({ repeats }) => repeats),
    blameTop1: partOf(found.map(({ top1 }) => top1)),
    blameTop3: partOf(found.map(({ top3 }) => top3)),
    blameTop1Clear: partOf(
      found.filter(({ event }) => event.blame_clear === true).map(({ top1 }) => top1),
    ),
    precision,
    f1: (2 * precision * recall) / Math.max(1e-9, precision + recall),
    outcomes,
    falseAt,
  };
}

function scoreModel(
  model: TruthModel,
  events: readonly TruthEvent[],
  episodes: readonly ScoredEpisode[],
): ModelScore {
  const cadence = model.cadence_minutes * 60;
  const within = (event: TruthEvent, before: number, after: number) => (episode: ScoredEpisode) =>
    episode.start >= event.start - before * cadence - 0.5 * cadence &&
    episode.start <= event.end + (after + 0.5) * cadence;
  const harmful = events.filter((event) => event.harmful === true);
  const harmless = events.filter((event) => event.harmful !== true);
  let busy = 0;
  let repeats = 0;
  const outcomes = harmful.map((event) => {
    busy += event.end - event.start + (lead + graceFalse) * cadence;
    const hits = episodes.filter(within(event, 0, graceRecall));
    repeats += Math.max(0, hits.length - 1);
    return outcomeOf(event, hits[0], cadence);
  });
  const unclaimed = episodes.filter(
    (episode) => !harmful.some((event) => within(event, lead, graceFalse)(episode)),
  );
  const during = (episode: ScoredEpisode): TruthEvent | undefined =>
    harmless.find((event) => within(event, 0, graceRecall)(episode));
  return {
    outcomes,
    falseAt: unclaimed.filter((episode) => during(episode) === undefined),
    trips: unclaimed.filter((episode) => during(episode)?.harmful === false).length,
    repeats,
    weeks: Math.max(1e-9, (model.end - model.scored_from - busy) / weekSeconds),
  };
}

function outcomeOf(
  event: TruthEvent,
  hit: ScoredEpisode | undefined,
  cadence: number,
): EventOutcome {
  if (hit === undefined) return { event, found: false, delay: null, top1: null, top3: null };
  const guilty = (count: number): boolean | null =>
    event.features.length === 0
      ? null
      : hit.features.slice(0, count).some((feature) => event.features.includes(feature));
  const delay = Math.max(0, Math.floor((hit.start - event.onset) / cadence + 0.5));
  return { event, found: true, delay, top1: guilty(1), top3: guilty(3) };
}

/** Part of the answers that are true; null answers are left out. */
function partOf(answers: readonly (boolean | null)[]): number | null {
  const given = answers.filter((answer) => answer !== null);
  return given.length === 0 ? null : given.filter(Boolean).length / given.length;
}
