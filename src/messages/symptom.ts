/** The title of an incident: which model, which feature, and what happened to it. */

import { directionOf, figuresOf } from "../detection/episode/figures.ts";
import type { EpisodeKind } from "../detection/event.ts";
import {
  type Episode,
  isModelEpisode,
  type ModelEpisode,
  type ServiceEpisodeKind,
} from "../incidents/episode.ts";
import { displayName, shortName } from "./names.ts";
import { clockTime, lengthOf } from "./text.ts";

/** The longest title that stays readable in lists and mails. */
export const titleLength = 79;
/** How many characters of a title a phone shows. They have to contain model and feature. */
const phoneLength = 45;
const leastName = 8;

/**
 * `churn-v7: credit_score lost its influence (31 % → 4.9 %)`, with long names shortened; plain text, no markup.
 *
 * @param taken number of characters before it in the title
 */
export function headline(episode: Episode, taken: number): string {
  const model = displayName(episode);
  const { feature, said, figures } = symptomOf(episode);
  const end = figures === undefined ? said : `${said} (${figures})`;
  const whole = titleLength - taken - lengthOf(`:  ${end}`);
  const room = Math.max(Math.min(whole, phoneLength - taken - 2), 2 * leastName);
  if (feature === undefined) return `${shortName(model, room)}: ${end}`;
  const half = Math.floor(room / 2);
  const shortModel = shortName(model, Math.max(half, room - lengthOf(shortName(feature, room))));
  const left = Math.max(room - lengthOf(shortModel), leastName);
  return `${shortModel}: ${shortName(feature, left)} ${end}`;
}

/** What happened, in the words of a title. */
export interface Symptom {
  /** The feature most to blame; undefined where the words are about the model. */
  readonly feature?: string;
  readonly said: string;
  /** `31 % → 4.9 %`; about this subject only, not about other members. */
  readonly figures?: string;
}

export function symptomOf(episode: Episode): Symptom {
  if (!isModelEpisode(episode)) return { said: serviceSymptoms[episode.kind] };
  const [top] = episode.features;
  const symptom = symptoms[episode.kind](episode);
  if (ofModel.has(episode.kind)) return symptom;
  return top === undefined
    ? { said: `a feature ${symptom.said}` }
    : { feature: top.feature, ...symptom };
}

type Says = (episode: ModelEpisode) => Omit<Symptom, "feature">;

const moved: Says = ({ features: [top] }) => {
  if (top === undefined) return { said: "changed its influence" };
  const figures = figuresOf(top).move;
  if (top.turned !== undefined) return { said: "now pushes the other way", figures };
  const direction = directionOf(top);
  if (direction === undefined) return { said: "changed its influence" };
  if (top.unit !== undefined) return { said: direction, figures };
  const said = direction === "fell" ? "lost its influence" : "gained influence";
  return { said, figures };
};

/** `is missing`, or with others `and 3 more are missing`. */
function withOthers(one: string, many: string): Says {
  return ({ features }) => {
    const [top] = features;
    if (features.length > 1) return { said: `and ${features.length - 1} more ${many}` };
    if (top?.before === undefined) return { said: one };
    return { said: one, figures: `was ${figuresOf(top).before}` };
  };
}

const symptoms: Readonly<Record<EpisodeKind, Says>> = {
  shift: moved,
  level_shift: moved,
  leak: ({ features: [top] }) => ({
    said: "suddenly dominates",
    ...(top !== undefined && { figures: figuresOf(top).move }),
  }),
  silent: ({ newestRow }) => ({ said: `silent since ${clockTime(newestRow / 1000)} UTC` }),
  feature_missing: withOthers("is missing", "are missing"),
  frozen: ({ onset, at }) => ({
    said: `repeats itself since ${clockTime((onset?.from ?? at) / 1000)} UTC`,
  }),
  bad_values: withOthers("has no usable value", "have no usable value"),
  second_exporter: () => ({ said: "two exporters write at once" }),
  new_feature: ({ features: [top] }) => ({
    said: "is new",
    ...(top !== undefined && { figures: `holds ${figuresOf(top).after}` }),
  }),
  quarantined: () => ({ said: "Driftwarden could not process a record" }),
};

/** What happened to a service, in the words of a title. */
export const serviceSymptoms: Readonly<Record<ServiceEpisodeKind, string>> = {
  down: "is down",
  oom: "was killed for its memory",
  restart_loop: "restarts again and again",
  unhealthy: "is unhealthy",
  memory: "is running out of memory",
  disk: "is running out of disk",
  metric: "has an abnormal metric",
  alert: "has an alert",
  report: "was reported by a person",
  storm: "held back, because much is broken at once",
};

/** These kinds are about the model as a whole. */
const ofModel: ReadonlySet<EpisodeKind> = new Set([
  "silent",
  "frozen",
  "second_exporter",
  "quarantined",
]);
