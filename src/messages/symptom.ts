/** What an episode looks like, in the words of the title and of the first sentence. */
import type { BlamedFeature, EpisodeKind, EpisodeOpened } from "../detection/event.ts";
import { type Episode, isModelEpisode, type ServiceEpisodeKind } from "../incidents/episode.ts";
import { modelName } from "../model-key.ts";
import { type Line, line, words } from "./message.ts";
import { lengthOf, oneLine, readShare } from "./text.ts";

/** A title stays readable in lists and mail. */
const titleLength = 79;

/**
 * `churn-v7: credit_score lost its influence`, names shortened where they are long; plain text, no markup.
 *
 * @param taken characters that stand before it in the title
 */
export function headline(episode: Episode, taken: number): string {
  const model = displayName(episode);
  const [subject, said] = symptomOf(episode);
  const room = titleLength - taken - lengthOf(`: ${said}`);
  if (subject === undefined) return `${oneLine(model, room)}: ${said}`;
  const half = Math.floor(room / 2);
  const shortModel = oneLine(model, Math.max(half, room - lengthOf(oneLine(subject, room))));
  return `${shortModel}: ${oneLine(subject, room - lengthOf(shortModel))}${said}`;
}

/** The subject as people call it; the source where a source has one model without a name. */
export function displayName(episode: Episode): string {
  if (!isModelEpisode(episode)) return episode.service.name;
  const { model: name, source } = modelName(episode.model);
  return name === "" ? source : name;
}

/** What the title speaks of, the feature most to blame or nothing, and what it says. */
export function symptomOf(episode: Episode): readonly [string | undefined, string] {
  if (!isModelEpisode(episode)) return [undefined, serviceSymptoms[episode.kind]];
  const { kind, features } = episode;
  const [top] = features;
  if (kind === "bad_values" && !top) return [undefined, "bad values arrive"];
  const said = kind === "shift" ? direction(top) : symptoms[kind];
  return ofModel.has(kind) ? [undefined, said] : [top?.feature ?? "a feature", ` ${said}`];
}

const symptoms: Readonly<Record<Exclude<EpisodeKind, "shift">, string>> = {
  level_shift: "moved to a new level",
  leak: "suddenly dominates",
  silent: "the model has gone silent",
  feature_missing: "is missing",
  frozen: "importances are frozen",
  bad_values: "has bad values",
  second_exporter: "a second exporter is writing",
  new_feature: "is a new feature",
};

const serviceSymptoms: Readonly<Record<ServiceEpisodeKind, string>> = {
  down: "is down",
  oom: "was killed for its memory",
  restart_loop: "restarts again and again",
  unhealthy: "is unhealthy",
  memory: "is running out of memory",
  disk: "is running out of disk",
  metric: "has an abnormal metric",
  alert: "has an alert",
  report: "was reported by a person",
};

/** These kinds are about the model as a whole. */
const ofModel: ReadonlySet<EpisodeKind> = new Set(["silent", "frozen", "second_exporter"]);

function direction(feature: BlamedFeature | undefined): string {
  const { before = 0, after = 0 } = feature ?? {};
  const change = Math.abs(after) - Math.abs(before);
  if (change < 0) return "lost its influence";
  return change > 0 ? "gained influence" : "changed its influence";
}

interface ImpactWords {
  /** Name of the model. */
  readonly model: Line;
  /** The feature most to blame. */
  readonly feature: Line;
  readonly before: Line;
  readonly after: Line;
}

/** What it means for whoever relies on the model: one sentence. */
export function impact(
  { kind, features }: EpisodeOpened,
  names: Pick<ImpactWords, "model" | "feature">,
): Line {
  const [top] = features;
  const before = words(readShare(top?.before));
  return impacts[kind]({ ...names, before, after: words(readShare(top?.after)) });
}

const noLongerDecides = ({ model, feature, before, after }: ImpactWords): Line =>
  line`${model} no longer decides as it did: ${feature} went from ${before} to ${after} of its attention, so its predictions may be wrong without any error.`;

const impacts: Readonly<Record<EpisodeKind, (said: ImpactWords) => Line>> = {
  shift: noLongerDecides,
  level_shift: noLongerDecides,
  leak: ({ model, feature, before, after }) =>
    line`${model} now looks mostly at ${feature} (${after} of its attention, before ${before}): often a column that gives the answer away, so its predictions may be worthless in production.`,
  silent: ({ model }) =>
    line`${model} has delivered no importances for longer than its cadence allows: nobody knows what it looks at now, and it may not be running.`,
  feature_missing: ({ model, feature }) =>
    line`${model} no longer reports ${feature}: the feature may have been lost on its way to the model.`,
  frozen: ({ model }) =>
    line`${model} repeats exactly the same importances: what is exported is stale, and a real change would go unseen.`,
  bad_values: ({ model }) =>
    line`${model} delivers values that are no finite numbers, or times that cannot be: they are set aside, and what is left may mislead.`,
  second_exporter: ({ model }) =>
    line`Two exporters write importances of ${model}: what is read is a mixture of both.`,
  new_feature: ({ model, feature }) =>
    line`${model} reports ${feature}, which it never did before: it was probably trained or deployed anew without an announcement.`,
};
