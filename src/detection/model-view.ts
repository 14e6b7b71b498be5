/** What metrics and the API show of a model. */
import type { ModelKey } from "../model-key.ts";
import type { DetectorScore, EpisodeKind } from "./event.ts";
import type { WatchedModel } from "./model.ts";

export interface ModelView {
  readonly model: ModelKey;
  readonly source: string;
  /** Time of the newest attribution, microseconds. */
  readonly lastAt: number | undefined;
  readonly learned: number;
  /** Warm-up of a slow model: `9/14` before it is judged, then `provisional`. Undefined once warm, and if not slow. */
  readonly warmUp: string | undefined;
  /** Microseconds. */
  readonly cadence: number | undefined;
  readonly features: number;
  /** Sum of the absolute importances of the newest attribution. */
  readonly total: number | undefined;
  readonly openEpisode:
    | { readonly id: string; readonly kind: EpisodeKind; readonly at: number }
    | undefined;
  /** Newest, by detector. */
  readonly scores: readonly DetectorScore[];
  readonly silent: boolean;
  /** A record of it was quarantined. */
  readonly unhealthy: boolean;
}

export function viewOf({ key, facts, cadence, features, warmUp }: WatchedModel): ModelView {
  const { source, lastAt, learned, episode, scores, silent, unhealthy } = facts;
  return {
    model: key,
    source,
    lastAt: lastAt ?? undefined,
    learned,
    warmUp,
    cadence,
    features: features.length,
    total: facts.rules.total,
    openEpisode:
      episode?.announced === true
        ? { id: episode.id, kind: episode.kind, at: episode.at }
        : undefined,
    scores,
    silent,
    unhealthy,
  };
}
