/** The fields of an episode in the log line of its decision, by which it is found in the log. */
import type { DetectionEvent } from "../event.ts";

/** Empty for other events. The ticket of an episode is in a later line. */
export function searchable(event: DetectionEvent): Readonly<Record<string, unknown>> {
  if (event.type !== "episode_opened") return {};
  const { kind, score, reason, features } = event;
  return { kind, feature: features[0]?.feature, score, reason };
}
