/** The details of one episode in a message: the changes, and the scores of the detectors. */

import type { Ranking } from "../detection/attribution/ranking.ts";
import { figuresOf } from "../detection/episode/figures.ts";
import type { BlamedFeature } from "../detection/event.ts";
import type { ModelEpisode } from "../incidents/episode.ts";
import { counted } from "../plural.ts";
import { data, type Line, line, type MessageSection, paragraph, words } from "./message.ts";
import { readDuration, readNumber, readTime } from "./text.ts";

const maxFeatures = 10;

/** A row for each feature, most to blame first. */
export function changes(features: readonly BlamedFeature[]): MessageSection {
  const header = ["Feature", "Usual", "Now", "Normal", "Rank"];
  const rows = features.slice(0, maxFeatures).map(changed);
  const more = features.length - maxFeatures;
  return [
    { kind: "table", header, rows },
    ...(more > 0 ? [paragraph(words(`and ${more} more`))] : []),
  ];
}

function changed(feature: BlamedFeature): readonly Line[] {
  const { before, after, normal = "–", move } = figuresOf(feature);
  const { rankBefore = "–", rankAfter = "–", span, turned } = feature;
  const mean = span === undefined ? "" : `, on average over ${span}`;
  const other = turned === undefined ? "" : `, the other way (${move})`;
  return [
    data(feature.feature),
    words(before),
    words(`${after}${mean}${other}`),
    words(normal),
    words(`${rankBefore} → ${rankAfter}`),
  ];
}

/** The reason of the rule, every detector's score, and how much of the model was learned. */
export function reasons(episode: ModelEpisode): MessageSection {
  const header = ["Detector", "Score (1.0 is the boundary)"];
  // No detector judged a silent model: the scores in the episode are those of its last attribution.
  const judging = episode.kind === "silent" ? [] : episode.detectors;
  const rows = judging.map(({ detector, score }) => [
    data(detector),
    words(score === undefined ? "warming up" : readNumber(score)),
  ]);
  return [
    paragraph(data(episode.reason, 600)),
    ...(rows.length === 0 ? [] : [{ kind: "table", header, rows } as const]),
    paragraph(known(episode)),
  ];
}

function known(episode: ModelEpisode): Line {
  const { learned, warmUp, cadence, ranking } = episode;
  const every = cadence === undefined ? "" : `, one every ${readDuration(cadence / 1000)}`;
  const count = learned.toLocaleString("en-US");
  const far = warmUp === undefined || warmUp === "provisional" ? count : warmUp;
  const young = warmUp === undefined ? "" : " (provisional: no fix runs)";
  const order = ranking === undefined ? [] : words(` ${changeOfOrder(ranking)}`);
  const means = words(averaged(episode));
  return line`${words(`Learned from ${counted(far, "attribution")}${every}${young}.`)}${means}${order}`;
}

/** What an attribution is, where the source has one row for each prediction. Silence has none. */
function averaged({ predictionWindowUs, kind, at }: ModelEpisode): string {
  if (predictionWindowUs === undefined) return "";
  const from = kind === "silent" ? "" : `, the newest from ${readTime(at / 1000)}`;
  return ` Each is the mean of |importance| over ${readDuration(predictionWindowUs / 1000)} of predictions${from}.`;
}

function changeOfOrder({ ndcg, left, top }: Ranking): string {
  return `${left} of the ${top} most important features changed, nDCG ${readNumber(ndcg)}.`;
}
