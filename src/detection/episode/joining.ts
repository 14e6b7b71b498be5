/** Decides which further evidence is reported while an episode is open. Most of it joins the episode silently. */

import { popcount } from "../baseline/popcount.ts";
import type { ModelMemory } from "../memory.ts";
import type { EpisodeFacts, Told } from "../model-facts.ts";
import type { DecisionSettings } from "../settings.ts";
import type { Evidence } from "./rules.ts";

/**
 * During an episode the baseline does not learn, so it becomes outdated. A deciding detector's score then counts from
 * twice the boundary on.
 */
const agedBoundary = 2;

export interface JoiningInput {
  readonly evidence: readonly Evidence[];
  readonly memory: ModelMemory;
  /** Scores of the newest attribution, by slot. */
  readonly scores: Float64Array;
  readonly settings: DecisionSettings;
  /** The deciding detectors' evidence about these features alone. */
  readonly against: (slots: readonly number[]) => readonly Evidence[];
}

/**
 * Finds the evidence to report while an episode is open. Until people are asked about the episode, new evidence counts
 * as reported: one fault usually shows in several ways within a few attributions. Then each feature is reported once
 * for each kind of rule. A detector's finding is reported for further features that {@link stands} accepts. In an
 * episode about a record set aside, every other kind is reported.
 *
 * @returns the evidence to report, unreported features first in each; or none
 */
export function joining(episode: EpisodeFacts | null, input: JoiningInput): readonly Evidence[] {
  if (episode === null || input.evidence.length === 0) return [];
  const { told = {} } = episode;
  if (episode.kind === "quarantined") {
    const news = input.evidence.filter((evidence) => told[familyOf(evidence)] === undefined);
    if (news.length > 0) return news;
  }
  if (episode.asked !== true) {
    episode.told = withReported(told, input.evidence);
    return [];
  }
  return input.evidence.flatMap((evidence) => {
    const known = told[familyOf(evidence)];
    const untold = evidence.slots.filter((slot) => known?.includes(slot) !== true);
    if (isJudged(evidence)) return input.against(untold.filter((slot) => stands(slot, input)));
    if (known !== undefined && untold.length === 0) return [];
    return [{ ...evidence, slots: [...new Set([...untold, ...evidence.slots])] }];
  });
}

/** The symptoms that have been reported, including this evidence. */
export function withReported(told: Told | undefined, evidence: readonly Evidence[]): Told {
  const known: Record<string, readonly number[]> = { ...told };
  for (const one of evidence) {
    const family = familyOf(one);
    known[family] = [...new Set([...(known[family] ?? []), ...one.slots])];
  }
  return known;
}

const isJudged = ({ kind }: Evidence): boolean => kind === "shift" || kind === "leak";

/** A shift may grow into a leak: it is the same change. */
const familyOf = (evidence: Evidence): Evidence["kind"] =>
  isJudged(evidence) ? "shift" : evidence.kind;

/** Whether the feature is beyond twice its boundary now, and crossed the boundary often enough. */
function stands(slot: number, { memory, scores, settings }: JoiningInput): boolean {
  const crossings = popcount(memory.crossed[slot] ?? 0);
  return scores[slot]! >= agedBoundary && crossings >= settings.needed;
}
