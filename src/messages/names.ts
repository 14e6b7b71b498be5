/** Shortens names for a title and its first sentences. */
import type { Episode } from "../incidents/episode.ts";
import { isModelEpisode } from "../incidents/episode.ts";
import { modelName } from "../model-key.ts";
import { oneLine } from "./text.ts";

const longestInSentence = 40;

/** The name, shortened to at most two words and `max` characters. So a sentence with it can be read in seconds. */
export function shortName(name: string, max = longestInSentence): string {
  const clean = oneLine(name, max);
  const parts = clean.split(" ");
  if (parts.length <= 2) return clean || "(empty)";
  return oneLine(`${parts[0]}…${parts.at(-1)}`, max);
}

/** The subject's name. If the one model of a source has no name, the name of the source. */
export function displayName(episode: Episode): string {
  if (!isModelEpisode(episode)) return episode.service.name;
  const { model: name, source } = modelName(episode.model);
  return name === "" ? source : name;
}
