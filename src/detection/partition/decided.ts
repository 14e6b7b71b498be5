/**
 * The part of an event that a replay compares. Wording and rounding are not part of it: a later version may change
 * them.
 */
import type { DetectionEvent } from "../event.ts";

/** The facts that others act on: kind, time, score and blamed features. */
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
