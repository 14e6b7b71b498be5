/** The severity of an episode, from the episode alone. P0 is never given by itself. */
import { type Episode, isModelEpisode, type Severity } from "./episode.ts";

/** A feature that held this share of the model's attention is one the model leans on. */
const leaningShare = 0.1;

/**
 * Of a model: P1 when the model is blind, is fed by a leak, or a feature it leans on moved; P2 otherwise. Of a service:
 * as the episode says.
 *
 * Source: impact before confidence: what makes predictions wrong now ranks above what may.
 */
export function severityOf(episode: Episode): Severity {
  if (!isModelEpisode(episode)) return episode.severity;
  if (episode.kind === "leak" || episode.kind === "silent" || episode.kind === "frozen")
    return "P1";
  const top = episode.features[0];
  const largest = Math.max(top?.before ?? 0, top?.after ?? 0);
  return largest >= leaningShare ? "P1" : "P2";
}

/** The worse of two. Severity may rise by itself while open, never fall. */
export function worse(a: Severity, b: Severity): Severity {
  return a < b ? a : b;
}
