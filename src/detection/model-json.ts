/** A model as the API shows it. */
import { isoTime } from "../iso-time.ts";
import { modelName } from "../model-key.ts";
import type { DetectorScore, EpisodeKind } from "./event.ts";
import type { ModelView } from "./model-view.ts";

export interface ModelJson {
  readonly name: string;
  readonly key: string;
  readonly source: string;
  /** Time of the newest attribution. */
  readonly last_at: string | null;
  /** Attributions that its baseline has learned from. */
  readonly learned: number;
  /** Warm-up of a slow model; null once warm, and if not slow. */
  readonly warm_up: string | null;
  readonly cadence_seconds: number | null;
  readonly features: number;
  /** Sum of the absolute importances of the newest attribution. */
  readonly total: number | null;
  readonly open_episode: {
    readonly id: string;
    readonly kind: EpisodeKind;
    readonly opened_at: string | null;
  } | null;
  /** Newest, by detector; 1.0 is the boundary, null while warming up. */
  readonly scores: readonly {
    readonly detector: string;
    readonly score: DetectorScore["score"] | null;
  }[];
  readonly silent: boolean;
  /** A record of it was quarantined. */
  readonly unhealthy: boolean;
}

export function modelJson(view: ModelView): ModelJson {
  const { model, source, lastAt, learned, cadence, features, openEpisode, silent } = view;
  return {
    name: modelName(model).model,
    key: model,
    source,
    last_at: isoTime(lastAt === undefined ? null : lastAt / 1000),
    learned,
    warm_up: view.warmUp ?? null,
    cadence_seconds: cadence === undefined ? null : cadence / 1e6,
    features,
    total: view.total ?? null,
    open_episode:
      openEpisode === undefined
        ? null
        : { id: openEpisode.id, kind: openEpisode.kind, opened_at: isoTime(openEpisode.at / 1000) },
    scores: view.scores.map(({ detector, score }) => ({ detector, score: score ?? null })),
    silent,
    unhealthy: view.unhealthy,
  };
}
