/** How severe an episode is, from the episode alone: the whole table, with its reasons. P0 is given by people only. */
import type { BlamedFeature, EpisodeKind } from "../detection/event.ts";
import { type Episode, isModelEpisode, type ModelEpisode, type Severity } from "./episode.ts";

/** This part of a model's attention decides predictions: less of it is a detail of the model. */
const leaningShare = 0.1;
/** What is not reported, or not usable, may still reach the model; so it takes more of it to get somebody up. */
const unreportedShare = 0.2;
/** Times the alarm line. A finding nearer to it may be chance: nearly every false one is below 1.5. */
const farBeyond = 2;
/** Attributions beyond the line: one alone may be a hiccup of the exporter. */
const lasting = 2;
/** Before that, neither the hours of the day nor the model's own noise are known. */
const knownAfterUs = 24 * 3_600_000_000;

type Rule = (episode: ModelEpisode) => Severity;

/**
 * Predictions that are wrong now rank above what may go wrong, and what is certain above what is likely.
 *
 * Source: measured on the labelled streams of the bench (`npm run bench -- severity`); at most a third is P1.
 */
const table: Readonly<Record<EpisodeKind, Rule>> = {
  // A column that gives the answer away makes predictions worthless, and a day of them is a day too late.
  leak: always("P1"),
  // It may have stopped predicting, and nothing else would say so.
  silent: always("P1"),
  // One feature: chance moves many of them a little.
  shift: byMove,
  level_shift: byMove,
  // A rule that saw it twice in a row is sure of it. How much of the model it is says how bad it is.
  feature_missing: byShare(unreportedShare),
  bad_values: byShare(unreportedShare),
  new_feature: byShare(leaningShare),
  // The exporter is ill, and the model predicts as before.
  frozen: always("P2"),
  second_exporter: always("P2"),
  // The model predicts as before, and is watched with a gap.
  quarantined: always("P2"),
};

/** Of a model: by the table. Of a service: as the episode says. */
export function severityOf(episode: Episode): Severity {
  return isModelEpisode(episode) ? table[episode.kind](episode) : episode.severity;
}

/** The worse of two. Severity may rise by itself while open, never fall. */
export function worse(a: Severity, b: Severity): Severity {
  return a < b ? a : b;
}

function always(severity: Severity): Rule {
  return () => severity;
}

/** P1 when the model leans or leaned on what moved, it moved far, it lasts, and the model is known. */
function byMove(episode: ModelEpisode): Severity {
  const { features, score } = episode;
  const isLarge = attention(features.slice(0, 1)) >= leaningShare;
  const isFar = score >= farBeyond;
  return isLarge && isFar && isLasting(episode) && isKnown(episode) ? "P1" : "P2";
}

/** P1 when so much of the model's attention is concerned, and the model is known. */
function byShare(share: number): Rule {
  return (episode) => (attention(episode.features) >= share && isKnown(episode) ? "P1" : "P2");
}

/** How much of the model's attention came to these features or left them, 0..1. */
const attention = (features: readonly BlamedFeature[]): number =>
  features.reduce((sum, feature) => sum + moved(feature), 0);

const moved = ({ before, after }: BlamedFeature): number =>
  Math.abs(Math.abs(after ?? 0) - Math.abs(before ?? 0));

/** Beyond the line more than once, or as a mean over several. What earlier versions stored says neither, and lasted. */
const isLasting = ({ onset, features }: ModelEpisode): boolean =>
  (onset?.crossed ?? lasting) >= lasting || features[0]?.span !== undefined;

/** A day of it was learned since the first row, or since the last deploy; of slow models, all that warm-up asks for. */
function isKnown({ learned, cadence, warmUp }: ModelEpisode): boolean {
  return warmUp === undefined && cadence !== undefined && learned * cadence >= knownAfterUs;
}
