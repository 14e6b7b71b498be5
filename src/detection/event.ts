/** The events that detection emits: plain data, decided once, stored with its id. */
import type { ModelKey } from "../model-key.ts";
import type { Ranking } from "./attribution/ranking.ts";

export const episodeKinds = [
  "shift",
  "leak",
  "silent",
  "feature_missing",
  "frozen",
  "bad_values",
  "second_exporter",
  "new_feature",
  "level_shift",
  "quarantined",
] as const;
export type EpisodeKind = (typeof episodeKinds)[number];

/** One feature's part in an episode, as it was when the episode opened; never revised. */
export interface BlamedFeature {
  readonly feature: string;
  /** Expected and present part of the model's attention, ≥ 0, see `attention.ts`; undefined when absent. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** Place by size, 1 = most important; undefined when absent. */
  readonly rankBefore: number | undefined;
  readonly rankAfter: number | undefined;
  /** Expected band when the episode opened, on the same scale. */
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** Score, 1.0 is the boundary. */
  readonly score: number;
  /** This feature's part of the blame, 0..1; the parts of an episode add up to 1. */
  readonly part: number;
  /** Attributions over which `after` is the mean; left out when it is the newest alone. */
  readonly span?: number;
  /** Its sign changed: the signed parts before and now. Left out where it did not. */
  readonly turned?: readonly [before: number, after: number];
  /**
   * For values in their own unit: the value that a part of 1 stands for. Left out where values are parts of a whole.
   */
  readonly unit?: number;
}

export interface DetectorScore {
  readonly detector: string;
  /** 1.0 is the boundary; undefined while warming up. */
  readonly score: number | undefined;
}

/** Microseconds since 1970. */
export interface Onset {
  /** Time of the last normal attribution; for silence, of the last row. Left out where it is not remembered. */
  readonly lastNormal?: number;
  /** Time of the first abnormal attribution; for silence, when one was due. */
  readonly from: number;
  /** Number of attributions beyond the boundary… */
  readonly crossed?: number;
  /** …among this many of the newest ones. */
  readonly of?: number;
}

/** A marker, whether it has come into effect or will. */
export interface AnnouncedChange {
  /** Microseconds since 1970. */
  readonly at: number;
  /** For example `retrain`. */
  readonly what: string;
}

export interface EpisodeOpened {
  readonly type: "episode_opened";
  readonly id: string;
  readonly model: ModelKey;
  /** Time of the attribution (or the clock, for silence) at which it opened, microseconds since 1970. */
  readonly at: number;
  readonly kind: EpisodeKind;
  /** The rule that fired, one sentence with its numbers. */
  readonly reason: string;
  readonly score: number;
  /** Most to blame first. */
  readonly features: readonly BlamedFeature[];
  readonly detectors: readonly DetectorScore[];
  /** How far the order of the features has changed; undefined where there is none. */
  readonly ranking?: Ranking | undefined;
  /** Attributions the baseline had learned from. */
  readonly learned: number;
  /** Warm-up of a slow model: `9/14` before it is judged, then `provisional`. Undefined once warm, and if not slow. */
  readonly warmUp: string | undefined;
  /** Learned usual time between attributions, microseconds; undefined while unknown. */
  readonly cadence: number | undefined;
  /** Time of the newest row behind the finding, microseconds since 1970. */
  readonly newestRow: number;
  /** When it began, microseconds since 1970. Left out where that is unknown, and by earlier versions. */
  readonly onset?: Onset;
  /** For silence: time of the newest row of the whole source, microseconds. Left out where it is unknown. */
  readonly sourceNewest?: number;
  /** Where values are means over predictions: the width of their windows, microseconds. */
  readonly predictionWindowUs?: number;
  /** Changes that were announced for the 24 hours before the onset, or since, oldest first. Left out without any. */
  readonly changes?: readonly AnnouncedChange[];
}

export interface EpisodeClosed {
  readonly type: "episode_closed";
  /** The id of the episode that closed. */
  readonly episode: string;
  readonly id: string;
  readonly model: ModelKey;
  readonly at: number;
  /**
   * `recovered`: back to normal. `marker`: a marker came into effect. `retired`: silent for so long that the model is
   * forgotten. `accepted`: the freeze limit was reached, and nobody was told or nobody can be asked. Earlier versions
   * also accepted other episodes.
   */
  readonly cause: "recovered" | "accepted" | "marker" | "retired";
}

/** An episode has lasted, so people are asked once whether it is the new normal. It stays open. */
export interface EpisodeUnanswered {
  readonly type: "episode_unanswered";
  /** The id of the episode. */
  readonly episode: string;
  readonly id: string;
  readonly model: ModelKey;
  readonly at: number;
  /** When it opened, microseconds since 1970. */
  readonly since: number;
}

/** The model's own answer to a verify record. Missing data is inconclusive, never success. */
export interface Verified {
  readonly type: "verified";
  readonly id: string;
  readonly run: string;
  readonly model: ModelKey;
  readonly at: number;
  readonly outcome: "recovered" | "not_recovered" | "inconclusive";
  /** One sentence: what was seen. */
  readonly detail: string;
}

/** A record of this model could not be processed. It is set aside, and the partition continues. */
export interface Quarantined {
  readonly type: "quarantined";
  readonly id: string;
  readonly model: ModelKey;
  readonly at: number;
  readonly error: string;
}

export type DetectionEvent =
  | EpisodeOpened
  | EpisodeClosed
  | EpisodeUnanswered
  | Verified
  | Quarantined;
