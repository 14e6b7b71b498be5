/**
 * The cause of an episode, by which episodes share an incident: the guilty feature, or its kind where no feature is
 * guilty.
 */
import type { EpisodeKind } from "../detection/event.ts";
import { type Episode, isModelEpisode } from "./episode.ts";

/** Kinds about the model as a whole, also when the episode names features. */
const ofModel: ReadonlySet<EpisodeKind> = new Set(["silent", "frozen", "second_exporter"]);

/** Models went silent together. */
export const silence = "kind\nsilent";

/** Many models broke together, each in another feature. */
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
