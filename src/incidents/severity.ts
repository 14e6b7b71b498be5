/** How severe an episode is, from the episode alone: the whole table, with its reasons. P0 is given by people only. */
import type { BlamedFeature, EpisodeKind } from "../detection/event.ts";
import { type Episode, isModelEpisode, type ModelEpisode, type Severity } from "./episode.ts";

/** A feature with at least this part of the model's attention decides predictions. */
const leaningShare = 0.1;
/** A value that is not reported, or not usable, may still reach the model. So P1 needs a larger part. */
const unreportedShare = 0.2;
/** Score in multiples of the alarm line. A lower one may be chance: nearly every false finding is below 1.5. */
const farBeyond = 2;
/** So many attributions have to be beyond the line: a single one may be an error of the exporter. */
const lasting = 2;
/** Before a day of data, neither the hours of the day nor the model's own noise are known. */
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
  // The rule saw it twice in a row, so it is certain. The part of the model's attention says how bad it is.
  feature_missing: byShare(unreportedShare),
  bad_values: byShare(unreportedShare),
  new_feature: byShare(leaningShare),
  // The exporter is at fault, and the model predicts as before.
  frozen: always("P2"),
  second_exporter: always("P2"),
  // The model predicts as before, and is watched with a gap.
  quarantined: always("P2"),
};

/** A model's episode by the table; a service's as the episode says. */
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

/** P1 when the feature that moved carries much attention, it moved far, it lasts, and the model is known. */
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

/** Beyond the line more than once, or as a mean over several. Episodes of earlier versions hold neither, and count. */
const isLasting = ({ onset, features }: ModelEpisode): boolean =>
  (onset?.crossed ?? lasting) >= lasting || features[0]?.span !== undefined;

/** The model has left warm-up, and was learned for a day since its first row or the last deploy. */
function isKnown({ learned, cadence, warmUp }: ModelEpisode): boolean {
  return warmUp === undefined && cadence !== undefined && learned * cadence >= knownAfterUs;
}
