/** Decides when an episode opens, goes on and closes. */
import type { ModelKey } from "../../model-key.ts";
import type { EpisodeClosed, EpisodeOpened, EpisodeUnanswered } from "../event.ts";
import { eventId } from "../event-id.ts";
import type { EpisodeFacts, ModelFacts } from "../model-facts.ts";
import type { DecisionSettings } from "../settings.ts";
import { withReported } from "./joining.ts";
import type { Evidence } from "./rules.ts";

/** The result of one attribution for the episode. */
export interface Finding {
  /** Some rule is fulfilled. */
  readonly isAnomalous: boolean;
  /** Nothing is wrong, nor nearly wrong. */
  readonly clean: boolean;
}

type EpisodeStep =
  | "opens"
  | "announced"
  | "unanswered"
  | Exclude<EpisodeClosed["cause"], "marker" | "retired">
  | undefined;

/**
 * One step of the episode. An unclean attribution before enough clean ones in a row continues the same episode. After
 * `freezeLimit` attributions it closes only if nobody was told of it, or nobody can be asked.
 *
 * @returns what happened: `announced` when an episode of history turns out to last into live time, `unanswered` once
 */
export function stepEpisode(
  facts: ModelFacts,
  finding: Finding,
  settings: DecisionSettings,
): EpisodeStep {
  const { episode } = facts;
  processed(facts, settings);
  if (episode === null) return finding.isAnomalous ? "opens" : undefined;
  episode.lasted++;
  episode.clean = finding.clean ? episode.clean + 1 : 0;
  if (episode.clean >= settings.cleanToClose) return "recovered";
  if (episode.lasted >= settings.freezeLimit) return lasting(episode, finding, settings);
  return isUnannounced(facts, episode) && finding.isAnomalous ? "announced" : undefined;
}

/** Counts a processed attribution of an unhealthy model. After `cleanToClose` of them the model is healthy again. */
function processed(
  facts: Pick<ModelFacts, "unhealthy" | "wellFor">,
  { cleanToClose }: { readonly cleanToClose: number },
): void {
  if (!facts.unhealthy) return;
  facts.wellFor = (facts.wellFor ?? 0) + 1;
  if (facts.wellFor < cleanToClose) return;
  facts.unhealthy = false;
  delete facts.wellFor;
}

/** An episode that lasts is accepted as normal where nobody was told of it, or nobody can be asked. */
function lasting(
  { announced, asked }: EpisodeFacts,
  { clean }: Finding,
  settings: DecisionSettings,
): EpisodeStep {
  if (!announced || settings.lasting === "accepted") return "accepted";
  return asked === true || clean ? undefined : "unanswered";
}

export function closedEvent(
  model: ModelKey,
  episode: EpisodeFacts,
  { cause, at }: Pick<EpisodeClosed, "cause" | "at">,
): EpisodeClosed {
  const id = eventId(model, "episode_closed", episode.id);
  return { type: "episode_closed", episode: episode.id, id, model, at, cause };
}

/** The open episode after this event: a new one, or the open one with more findings. */
export function episodeOf(
  { episode, historic }: Pick<ModelFacts, "episode" | "historic">,
  { id, kind, at }: EpisodeOpened,
  evidence: readonly Evidence[],
): EpisodeFacts {
  const before = episode?.announced === true ? episode : { at, lasted: 0 };
  const told = withReported(episode?.told, evidence);
  return { ...before, id, kind, announced: !historic, clean: 0, told };
}

/** Asks people about the open episode, including what is found now. */
export function ask(
  model: ModelKey,
  { episode }: Pick<ModelFacts, "episode">,
  { at, evidence }: { readonly at: number; readonly evidence: readonly Evidence[] },
): readonly EpisodeUnanswered[] {
  if (episode === null) return [];
  episode.asked = true;
  episode.told = withReported(episode.told, evidence);
  const id = eventId(model, "episode_unanswered", episode.id);
  return [{ type: "episode_unanswered", episode: episode.id, id, model, at, since: episode.at }];
}

const isUnannounced = (facts: ModelFacts, episode: EpisodeFacts): boolean =>
  !facts.historic && !episode.announced;
