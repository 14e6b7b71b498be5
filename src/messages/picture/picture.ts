/** The data of a ticket's picture: the features to blame, with their normal bands and observed values. */

import type { PastOfModel, PastValue } from "../../detection/baseline/past-values.ts";
import { figuresOf } from "../../detection/episode/figures.ts";
import type { AnnouncedChange, BlamedFeature } from "../../detection/event.ts";
import { isModelEpisode, type ModelEpisode } from "../../incidents/episode.ts";
import type { Incident } from "../../incidents/incident.ts";
import { isShared } from "../../incidents/member.ts";
import type { ModelKey } from "../../model-key.ts";
import { startMs } from "../link-values.ts";
import { displayName, shortName } from "../names.ts";
import { sharedHeadline } from "../shared-text.ts";
import { headline } from "../symptom.ts";

/** The most panels that can be read on a phone. */
const mostPanels = 4;
const shownBeforeMs = 86_400_000;
const shownAfterMs = 3_600_000;
/** A pause longer than this many cadences is a gap in the line. */
const gapCadences = 4;

/** The observed values of a model before and during the episode. */
export type ObservedPast = PastOfModel;

/** One feature that the picture is to show. */
export interface PictureSubject {
  readonly model: ModelKey;
  readonly episode: ModelEpisode;
  readonly feature: BlamedFeature;
  /** The feature's name; in a shared incident after the model's name. */
  readonly label: string;
}

export interface PicturePanel {
  readonly label: string;
  /** `31 % → 4.9 %, normal 23 to 39 %`: the figures of the ticket. */
  readonly figures: string;
  /** Factor from a value to the numbers of the axis, and the suffix of these numbers. */
  readonly scale: number;
  readonly suffix: string;
  /** Oldest first; NaN is a gap. */
  readonly values: readonly PastValue[];
  /** The normal band that the ticket names; it is drawn from the start of the episode on. */
  readonly told: { readonly low: number; readonly high: number } | undefined;
  /** When the episode began, microseconds since 1970. */
  readonly since: number;
}

export interface Picture {
  readonly title: string;
  /** What the axis measures, in words. */
  readonly measure: string;
  /** Microseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly panels: readonly PicturePanel[];
  readonly changes: readonly AnnouncedChange[];
}

/** The features most to blame, at most four. For a shared incident: the first feature of each broken member. */
export function pictureSubjects(incident: Incident): readonly PictureSubject[] {
  const { episode, memberList } = incident;
  if (!isShared(incident)) return isModelEpisode(episode) ? ofOne(episode) : [];
  const members = (memberList?.named ?? []).filter(({ state }) => state === "joined");
  return members.flatMap(({ episode: own }) => ofMember(own)).slice(0, mostPanels);
}

const ofOne = (episode: ModelEpisode): readonly PictureSubject[] =>
  episode.features
    .slice(0, mostPanels)
    .map((feature) => ({ model: episode.model, episode, feature, label: feature.feature }));

function ofMember(episode: Incident["episode"]): readonly PictureSubject[] {
  if (!isModelEpisode(episode)) return [];
  const [feature] = episode.features;
  if (feature === undefined) return [];
  const label = `${shortName(displayName(episode))}: ${feature.feature}`;
  return [{ model: episode.model, episode, feature, label }];
}

/** The time range of the rows that are read. */
export function shownTime(episode: ModelEpisode): {
  readonly fromMs: number;
  readonly untilMs: number;
} {
  return {
    fromMs: startMs(episode) - shownBeforeMs,
    untilMs: episode.at / 1000 + shownAfterMs,
  };
}

/** @returns undefined where nothing was observed */
export function pictureOf(
  incident: Incident,
  subjects: readonly PictureSubject[],
  pasts: ReadonlyMap<ModelKey, PastOfModel>,
): Picture | undefined {
  const panels = subjects.flatMap((subject) => panelOf(subject, pasts.get(subject.model)));
  const known = panels.flatMap(({ values }) => values.filter(({ value }) => !Number.isNaN(value)));
  if (known.length === 0) return undefined;
  const times = panels.flatMap(({ values }) => values.map(({ at }) => at));
  const [first, last] = [least(times), most(times)];
  // A single attribution is shown in the middle of an hour.
  const around = first === last ? 1_800_000_000 : 0;
  const [from, to] = [first - around, last + around];
  const own = panels.some(({ suffix }) => suffix === "");
  return {
    title: isShared(incident) ? sharedHeadline(incident, 0) : headline(incident.episode, 0),
    measure: own ? "Value of the feature" : "Part of the model's attention",
    from,
    to,
    panels,
    changes: changesIn(pasts, from, to),
  };
}

function panelOf(
  { episode, feature, label }: PictureSubject,
  past: PastOfModel | undefined,
): readonly PicturePanel[] {
  const values = past?.values.get(feature.feature) ?? [];
  if (values.length === 0) return [];
  const { unit } = feature;
  const { move, normal } = figuresOf(feature);
  return [
    {
      label,
      figures: normal === undefined ? move : `${move}, normal ${normal}`,
      scale: unit ?? 100,
      suffix: unit === undefined ? " %" : "",
      values: withGaps(
        values.map((one) => asTold(one, feature)),
        episode.cadence,
      ),
      told: toldBand(feature),
      since: episode.onset?.from ?? episode.at,
    },
  ];
}

/** The band on the ticket. It is a band of absolute values, so it is undefined where the sign changed. */
function toldBand({ low, high, turned }: BlamedFeature): PicturePanel["told"] {
  if (low === undefined || high === undefined || turned !== undefined) return undefined;
  return { low, high };
}

/** The value with its sign where the sign changed; elsewhere its absolute value, as on the ticket. */
function asTold(past: PastValue, { turned }: BlamedFeature): PastValue {
  return turned === undefined ? { ...past, value: Math.abs(past.value) } : past;
}

function withGaps(values: readonly PastValue[], cadence: number | undefined): readonly PastValue[] {
  if (cadence === undefined) return values;
  return values.flatMap((one, i) => {
    const before = values[i - 1];
    if (before === undefined || one.at - before.at <= gapCadences * cadence) return [one];
    const gap = { at: before.at + cadence, value: Number.NaN, low: undefined, high: undefined };
    return [gap, one];
  });
}

/** A change that was announced to several models at one time is drawn once. */
function changesIn(
  pasts: ReadonlyMap<ModelKey, PastOfModel>,
  from: number,
  to: number,
): readonly AnnouncedChange[] {
  const all = [...pasts.values()].flatMap(({ changes }) => changes);
  const within = all.filter(({ at }) => at >= from && at <= to);
  return [...new Map(within.map((one) => [`${one.at} ${one.what}`, one])).values()].toSorted(
    (a, b) => a.at - b.at,
  );
}

const least = (times: readonly number[]): number => times.reduce((a, b) => Math.min(a, b));
const most = (times: readonly number[]): number => times.reduce((a, b) => Math.max(a, b));
