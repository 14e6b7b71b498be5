/** The two sentences under the title: what happened, and what it means for people who rely on the model. */

import { directionOf, figuresOf } from "../detection/episode/figures.ts";
import type { EpisodeKind } from "../detection/event.ts";
import {
  type Episode,
  isModelEpisode,
  type ModelEpisode,
  type ServiceEpisodeKind,
} from "../incidents/episode.ts";
import { data, type Line, line, words } from "./message.ts";
import { displayName, shortName } from "./names.ts";
import { readDuration } from "./text.ts";

/** What happened, in one sentence with its numbers. */
export function summaryOf(episode: Episode): Line {
  return isModelEpisode(episode) ? summaries[episode.kind](episode) : data(episode.reason, 200);
}

/** The impact, in one short sentence. */
export function impactOf(episode: Episode): string {
  return isModelEpisode(episode) ? impacts[episode.kind] : serviceImpacts[episode.kind];
}

type Says = (episode: ModelEpisode) => Line;

const modelOf = (episode: ModelEpisode): Line => data(shortName(displayName(episode)));
const featureOf = ({ features: [top] }: ModelEpisode): Line =>
  top === undefined ? words("a feature") : data(shortName(top.feature));

const moved: Says = (episode) => {
  const [top] = episode.features;
  if (top === undefined) return line`${modelOf(episode)} no longer looks at what it usually does`;
  const feature = featureOf(episode);
  const { before, after, normal, move } = figuresOf(top);
  if (top.turned !== undefined)
    return line`${feature} now pushes ${modelOf(episode)} the other way (${words(move)})`;
  const verb = words(directionOf(top) ?? "changed");
  const mean = top.span === undefined ? "" : `, on average over ${top.span}`;
  const band = words(`${normal === undefined ? "" : ` (normal ${normal})`}${mean}`);
  const of = top.unit === undefined ? line` of what ${modelOf(episode)} looks at` : [];
  return line`${feature} ${verb} from ${words(before)} to ${words(after)}${of}${band}`;
};

/** The sentence about one or several features. */
function several(what: string): Says {
  return (episode) => {
    const { features } = episode;
    const [top] = features;
    const more = features.length - 1;
    const which =
      more > 0 ? line`${featureOf(episode)} and ${words(String(more))} more` : featureOf(episode);
    const held =
      top?.before === undefined || more > 0
        ? []
        : line`; usually ${words(figuresOf(top).before)} of what ${modelOf(episode)} looks at`;
    return line`${which} of ${modelOf(episode)} ${words(what)}${held}`;
  };
}

const summaries: Readonly<Record<EpisodeKind, Says>> = {
  shift: moved,
  level_shift: moved,
  leak: (episode) => {
    const [top] = episode.features;
    if (top === undefined) return line`one feature suddenly dominates ${modelOf(episode)}`;
    return moved(episode);
  },
  silent: (episode) => {
    const { at, newestRow, cadence } = episode;
    const silentFor = words(readDuration((at - newestRow) / 1000));
    const usual = cadence === undefined ? "" : ` (usual: every ${readDuration(cadence / 1000)})`;
    return line`no new rows from ${modelOf(episode)} for ${silentFor}${words(usual)}`;
  },
  feature_missing: several("did not come, twice in a row, while the rest came"),
  frozen: (episode) => line`${modelOf(episode)} reports exactly the same numbers again and again`,
  bad_values: several("had no usable value, twice in a row"),
  second_exporter: (episode) =>
    line`two different values of ${featureOf(episode)} came with the same timestamp, twice in a row, in ${modelOf(episode)}`,
  new_feature: (episode) => {
    const [top] = episode.features;
    const held = top === undefined ? "much" : figuresOf(top).after;
    return line`${featureOf(episode)} was never seen before and holds ${words(held)} of what ${modelOf(episode)} looks at`;
  },
  quarantined: (episode) =>
    line`a record of ${modelOf(episode)} could not be processed and was set aside; the others go on`,
};

const waiting = "whoever uses this service may be waiting or failing";

const serviceImpacts: Readonly<Record<ServiceEpisodeKind, string>> = {
  down: waiting,
  oom: `${waiting}; what it held in memory is lost`,
  restart_loop: waiting,
  unhealthy: "a part of what it does fails or is slow",
  memory: "nothing yet; without room the kernel kills it, and it loses what it holds in memory",
  disk: waiting,
  metric: waiting,
  alert: waiting,
  report: waiting,
  storm: "nothing is restarted until it is over",
};

const impacts: Readonly<Record<EpisodeKind, string>> = {
  shift: "predictions may be wrong without any error",
  level_shift: "predictions may be wrong without any error",
  leak: "often a column that gives the answer away; predictions may be worthless in production",
  silent: "nobody sees what this model does now; it may still run",
  feature_missing:
    "the feature may have been lost on its way to the model; predictions may be wrong",
  frozen: "predictions may be right, but what is reported is stale, and a real change goes unseen",
  bad_values: "these values are left out, so what is shown of the model may mislead",
  second_exporter: "what is read is a mixture of both, and neither can be trusted",
  new_feature: "the model was probably deployed or trained anew without an announcement",
  quarantined: "the model itself is not touched; what that record holds was not judged",
};
