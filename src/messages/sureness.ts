/** The text on the start of a fault, and on the certainty of the finding. */
import { inDigits } from "../detection/episode/digits.ts";
import type { ModelEpisode } from "../incidents/episode.ts";
import { type Line, words } from "./message.ts";
import { clockTime, readDuration, readNumber, readTime } from "./text.ts";

const dayMs = 86_400_000;

/** `last normal 20:37, first abnormal 20:47 UTC`; on another day with the date. */
export function sinceOf({ kind, at, onset, newestRow }: ModelEpisode): Line {
  const day = Math.floor(at / 1000 / dayMs);
  const read = (us: number): string =>
    Math.floor(us / 1000 / dayMs) === day ? clockTime(us / 1000) : readTime(us / 1000).slice(0, -4);
  if (kind === "silent") return words(`last row ${read(newestRow)} UTC`);
  if (onset === undefined || kind === "quarantined") return words(`first seen ${read(at)} UTC`);
  const normal = onset.lastNormal === undefined ? "" : `last normal ${read(onset.lastNormal)}, `;
  return words(`${normal}first abnormal ${read(onset.from)} UTC`);
}

/** Kinds that a rule decides. They are certain, because the rule is either met or not. */
const ruled: ReadonlySet<ModelEpisode["kind"]> = new Set([
  "silent",
  "feature_missing",
  "bad_values",
  "second_exporter",
  "new_feature",
]);

/** `very: 3 of the last 3 readings, at 4.9 times the alarm line` */
export function sureOf(episode: ModelEpisode): Line {
  return words(`${judged(episode)}${young(episode)}`);
}

function judged({ kind, score, onset, at, newestRow, cadence }: ModelEpisode): string {
  if (kind === "silent") {
    const missed = cadence === undefined ? 0 : Math.floor((at - newestRow) / cadence);
    return `very: ${missed > 0 ? `${missed} in a row did not come` : "nothing came"}, and the database answers`;
  }
  if (kind === "quarantined") return "very: Driftwarden's log says which record, and why";
  if (kind === "frozen") return "very: the same numbers several times in a row";
  if (ruled.has(kind)) return "very: seen twice in a row";
  const often =
    onset?.crossed === undefined ? "" : `${onset.crossed} of the last ${onset.of} readings, at `;
  return `${howSure(score)}: ${often}${timesOf(score)} times the alarm line`;
}

const timesOf = (score: number): string =>
  score < 10 ? score.toFixed(1) : readNumber(inDigits(score));

/** Source: the bench's false findings, nearly all of them below 1.5 times the line. */
function howSure(score: number): string {
  if (score >= 3) return "very";
  if (score >= 1.5) return "fairly";
  return "not very";
}

/** Says that the finding is provisional while the model warms up, or has been learned for less than a day. */
function young({ warmUp, learned, cadence }: ModelEpisode): string {
  if (warmUp !== undefined) {
    const far = warmUp === "provisional" ? String(learned) : warmUp;
    return `; provisional, since only ${far} of its reports are known`;
  }
  const knownMs = (learned * (cadence ?? 0)) / 1000;
  if (knownMs >= dayMs || cadence === undefined) return "";
  return `; provisional, since it is known for ${readDuration(knownMs)} only`;
}
