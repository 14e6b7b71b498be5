/**
 * The part of an event by which a replay is compared. A later version may word and round the same decision
 * differently.
 */
import type { DetectionEvent } from "../event.ts";

/** What others act on: what, when, how far beyond its boundary, who is to blame. */
export function decided(event: DetectionEvent | undefined): unknown {
  if (event?.type !== "episode_opened") return event;
  const { reason: _words, onset: _told, changes: _announced, ...decision } = event;
  const features = event.features.map(({ feature, score, rankBefore, rankAfter }) => ({
    feature,
    score,
    rankBefore,
    rankAfter,
  }));
  return { ...decision, features };
}
