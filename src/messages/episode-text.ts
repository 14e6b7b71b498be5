/** What is said of one episode: what it means, what changed and why it was noticed. */
import type { BlamedFeature } from "../detection/event.ts";
import type { ModelEpisode } from "../incidents/episode.ts";
import { data, type Line, type MessageSection, paragraph, strong, words } from "./message.ts";
import { displayName, impact } from "./symptom.ts";
import { readNumber, readShare } from "./text.ts";

const maxFeatures = 10;

/** The impact sentence. */
export function opening(episode: ModelEpisode): Line {
  return impact(episode, {
    model: strong(displayName(episode)),
    feature: strong(episode.features[0]?.feature ?? "a feature"),
  });
}

/** Feature by feature, most to blame first. */
export function changes(features: readonly BlamedFeature[]): MessageSection {
  const header = ["Feature", "Before", "Now", "Rank", "Expected", "Score", "Part of the blame"];
  const rows = features
    .slice(0, maxFeatures)
    .map((feature) => [
      data(feature.feature),
      words(readShare(feature.before)),
      words(readShare(feature.after)),
      words(`${feature.rankBefore ?? "–"} → ${feature.rankAfter ?? "–"}`),
      words(expected(feature)),
      words(readNumber(feature.score)),
      words(readShare(feature.part)),
    ]);
  const more = features.length - maxFeatures;
  return [
    { kind: "table", header, rows },
    ...(more > 0 ? [paragraph(words(`and ${more} more`))] : []),
  ];
}

function expected({ low, high }: BlamedFeature): string {
  return low === undefined || high === undefined ? "–" : `${readShare(low)} to ${readShare(high)}`;
}

/** The rule in its own words, and every detector's score. */
export function reasons(episode: ModelEpisode): MessageSection {
  const header = ["Detector", "Score (1.0 is the boundary)"];
  const rows = episode.detectors.map(({ detector, score }) => [
    data(detector),
    words(score === undefined ? "warming up" : readNumber(score)),
  ]);
  return [
    paragraph(data(episode.reason, 600)),
    ...(rows.length === 0 ? [] : [{ kind: "table", header, rows } as const]),
  ];
}
