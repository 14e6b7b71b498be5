/** Decides when an episode opens, goes on and closes. */
import type { EpisodeClosed } from "./event.ts";
import type { EpisodeFacts, ModelFacts } from "./model-facts.ts";
import type { DecisionSettings } from "./settings.ts";

/** What one attribution says about the episode. */
export interface Finding {
  /** Some rule is fulfilled. */
  readonly fires: boolean;
  /** Nothing is wrong, nor nearly wrong. */
  readonly clean: boolean;
}

type EpisodeStep =
  | "opens"
  | "announced"
  | Exclude<EpisodeClosed["cause"], "marker" | "retired">
  | undefined;

/**
 * One step of the episode. Anything unclean within the clean attributions that would close it joins the same episode.
 *
 * @returns what happened: `announced` when an episode of history turns out to last into live time
 */
export function stepEpisode(
  facts: ModelFacts,
  finding: Finding,
  settings: DecisionSettings,
): EpisodeStep {
  const { episode } = facts;
  if (episode === null) return finding.fires ? "opens" : undefined;
  episode.lasted++;
  episode.clean = finding.clean ? episode.clean + 1 : 0;
  if (episode.clean >= settings.cleanToClose) return "recovered";
  if (episode.lasted >= settings.freezeLimit) return "accepted";
  return isUnannounced(facts, episode) && finding.fires ? "announced" : undefined;
}

const isUnannounced = (facts: ModelFacts, episode: EpisodeFacts): boolean =>
  !facts.historic && !episode.announced;
