/**
 * The cause of an episode: the guilty feature, or the kind where no feature is guilty. Episodes with one cause can
 * share an incident.
 */
import type { EpisodeKind } from "../detection/event.ts";
import { type Episode, isModelEpisode } from "./episode.ts";

/** Kinds about the model as a whole, even if the episode names features. */
const ofModel: ReadonlySet<EpisodeKind> = new Set(["silent", "frozen", "second_exporter"]);

/** The cause of models that went silent together. */
export const silence = "kind\nsilent";

/** The cause of many models that broke together in different features. */
export const scattered = "scattered";

/** The feature most to blame; undefined where no feature is guilty. */
export function guiltyFeature(episode: Episode): string | undefined {
  if (!isModelEpisode(episode) || ofModel.has(episode.kind)) return undefined;
  return episode.features[0]?.feature;
}

/** One text for each cause. It is stored, so it never changes. */
export function causeOf(episode: Episode): string {
  const feature = guiltyFeature(episode);
  return feature === undefined ? `kind\n${episode.kind}` : `feature\n${feature}`;
}
