/**
 * What happens to a model when one of its records is set aside. People are told once in each episode.
 */
import type { ModelKey } from "../../model-key.ts";
import type { EpisodeOpened } from "../event.ts";
import { eventId } from "../event-id.ts";
import type { ModelFacts } from "../model-facts.ts";
import { episodeOf } from "./episode.ts";

interface Quarantining {
  readonly key: ModelKey;
  readonly facts: ModelFacts;
  readonly cadence: number | undefined;
  readonly warmUp: string | undefined;
}

/**
 * Marks the model unhealthy. It reads none of the model's numbers, since they may have caused the error.
 *
 * @returns undefined where this was already reported; also in history and before the first attribution
 */
export function setAside(model: Quarantining, error: string): EpisodeOpened | undefined {
  const { key, facts, cadence, warmUp } = model;
  facts.unhealthy = true;
  delete facts.wellFor;
  if (facts.episode !== null) facts.episode.clean = 0;
  const { lastAt, episode, scores, learned } = facts;
  if (facts.historic || lastAt === null || episode?.told?.quarantined !== undefined)
    return undefined;
  const kind = "quarantined";
  const opened: EpisodeOpened = {
    type: "episode_opened",
    id: eventId(key, "episode_opened", kind, lastAt),
    model: key,
    at: lastAt,
    kind,
    reason: `a record could not be processed and was set aside: ${error}`.slice(0, longestReason),
    score: 1,
    features: [],
    detectors: scores,
    learned,
    warmUp,
    cadence,
    newestRow: lastAt,
  };
  facts.episode = episodeOf(facts, opened, [{ ...opened, slots: [] }]);
  return opened;
}

const longestReason = 300;
