/** Finds the words and figures of an episode that opens. */
import type { Explanation } from "../../../detectors/detector.ts";
import { formatDuration, roughMs } from "../../duration.ts";
import type { Cadence } from "../attribution/cadence.ts";
import { rankingOf } from "../attribution/ranking.ts";
import { sharesOf } from "../attribution/shares.ts";
import { type JudgedAttribution, toldAttention } from "../baseline/attention.ts";
import { explained } from "../baseline/expectation.ts";
import { familyOf } from "../baseline/family.ts";
import { type FeatureSettings, toldSettings } from "../baseline/overrides.ts";
import type { EpisodeOpened } from "../event.ts";
import { eventId } from "../event-id.ts";
import { type ModelFacts, newestRowOf } from "../model-facts.ts";
import { blame } from "./blame.ts";
import { changesNear } from "./changes-near.ts";
import { distinct, turnedFrom } from "./digits.ts";
import { onsetOf } from "./onset.ts";
import type { Evidence } from "./rules.ts";

/** A leak: a feature rose to at least this many times its usual share… */
const leakRise = 3;
/** …and now holds more than this share of the total. */
const leakShare = 0.2;
/** Most features of one family that are named. */
const mostRelatives = 5;

export interface ShiftInput {
  /** Time of the attribution, microseconds since 1970. */
  readonly at: number;
  readonly judged: JudgedAttribution;
  readonly names: readonly string[];
  /** Features beyond their boundary, once one crossed it often enough. */
  readonly anomalousSlots: readonly number[];
  /** Features to be named before the others, most to blame first. Left out: none. */
  readonly guilty?: readonly number[];
  /** The detector that finds the vector anomalous as a whole; undefined where a feature is anomalous by itself. */
  readonly whole: string | undefined;
  /** By slot, where the features of the model have settings of their own. */
  readonly own?: readonly FeatureSettings[] | undefined;
}

/** The deciding detectors' evidence; none when no feature is anomalous. */
export function shiftEvidence(input: ShiftInput): readonly Evidence[] {
  const { judged, names, anomalousSlots } = input;
  if (anomalousSlots.length === 0) return [];
  const blamed = blame({ ...input, guilty: input.guilty ?? [] });
  const slots = blamed.map(({ feature }) => names.indexOf(feature));
  const slot = slots[0]!;
  const { before, after } = sharesOf(judged.memory);
  const now = after[slot] ?? 0;
  const rose = now > leakShare && now >= leakRise * (before[slot] ?? 0);
  const leaked = judged.memory.nFeatures > 1 && rose;
  const score = judged.workspace.scores[slot]!;
  return [{ kind: leaked ? "leak" : "shift", slots, score, reason: sentence(input, slot) }];
}

function sentence(input: ShiftInput, slot: number): string {
  const { at, judged, names, anomalousSlots, whole } = input;
  const times = `${figure(judged.workspace.scores[slot]!)} times its boundary`;
  if (whole !== undefined) {
    return `few recent attributions were like this one, least of all in ${names[slot]}: ${whole} ${times}`;
  }
  const said = explained(judged.memory, judged.workspace, { slot, at });
  const what = said === undefined ? "is not as usual" : heldAgainst(input, slot, said);
  const others =
    anomalousSlots.length > 1 ? `; ${anomalousSlots.length - 1} more beyond theirs` : "";
  return `${names[slot]} ${what}: ${times}${others}${moving(input, slot)}${setFor(input, slot)}`;
}

/** Names the overrides of the feature, since its threshold is not the usual one. */
function setFor({ own }: ShiftInput, slot: number): string {
  const told = toldSettings(own?.[slot] ?? {});
  return told === undefined ? "" : `; by detection.overrides ${told}`;
}

/** `fell to 5.4 % of the model's attention on average over 10 attributions, expected 8 to 12 %` */
function heldAgainst(input: ShiftInput, slot: number, said: Explanation): string {
  const { observed, expected, span } = said;
  const mean = span === 1 ? "" : ` on average over ${span} attributions`;
  const verb = observed < expected ? "fell" : "rose";
  if (said.unit === "frequency") return heldAgainstFrequency(said);
  const given = givenOf(said);
  if (said.unit === "value" && input.judged.kind !== "none")
    return `${inParts(input, slot, mean)}${given}`;
  const { value, low, high } = distinct({ value: observed, low: said.low, high: said.high });
  const of = said.unit === "value" ? "" : " deviations from the habit of the hour";
  return `${verb} to ${value}${of}${mean}, expected ${low} to ${high}${given}`;
}

const givenOf = ({ given }: Explanation): string =>
  given === "others" ? " given how the others moved" : "";

/** `is not zero in 40 % of the newest 30 attributions, usually in 4 %` */
function heldAgainstFrequency({ observed, expected, span }: Explanation): string {
  const [is, usual] = [observed, expected].map((one) => figure(one * 100));
  return `is not zero in ${is} % of the newest ${span} attributions, usually in ${usual} %`;
}

function inParts({ judged, at }: ShiftInput, slot: number, mean: string): string {
  const { before = 0, after = 0, low = 0, high = 0, turned } = toldAttention(judged, { slot, at });
  if (turned !== undefined) return `pushes the other way now (${turnedFrom(turned)})${mean}`;
  const shown = distinct({ value: after * 100, low: low * 100, high: high * 100 });
  const verb = after < before ? "fell" : "rose";
  return `${verb} to ${shown.value} % of the model's attention${mean}, expected ${shown.low} to ${shown.high} %`;
}

/** Names the features with which this one usually moves, since the cause may lie in any of them. */
function moving({ judged, names }: ShiftInput, slot: number): string {
  const family = familyOf(judged.memory, slot).map((other) => names[other]);
  const more = family.length > mostRelatives ? ` and ${family.length - mostRelatives} more` : "";
  const said = family.slice(0, mostRelatives).join(", ");
  return family.length === 0 ? "" : `; usually moves with ${said}${more}`;
}

/** @param gaps what is usual, microseconds */
export function silentEvidence(
  facts: Pick<ModelFacts, "lastAt" | "newestRow" | "unasked">,
  watermark: number,
  gaps: Pick<Cadence, "usual" | "patience" | "irregularUpTo">,
): Evidence {
  const elapsed = watermark - (newestRowOf(facts) ?? watermark);
  const { usual = elapsed, patience = elapsed, irregularUpTo } = gaps;
  /** The part of the silence in which the source was not asked. */
  const unasked = facts.unasked.total;
  const [silent, missed, every] = [elapsed, unasked, usual].map(told);
  const but = unasked === 0 ? "" : `, in ${missed} of which the source could not be asked`;
  const longest = irregularUpTo === undefined ? "" : `, with gaps of up to ${told(irregularUpTo)}`;
  const reason = `no attribution for ${silent}${but}, usually one every ${every}${longest}`;
  return { kind: "silent", slots: [], score: (elapsed - unasked) / patience, reason };
}

/** @param us microseconds */
const told = (us: number): string => formatDuration(roughMs(us / 1000));

const figure = (value: number): string => String(Number(value.toPrecision(3)));

const provisionally = (warmUp: string, learned: number): string =>
  `provisional, learned from ${warmUp === "provisional" ? learned : warmUp} attributions`;

export interface OpeningInput {
  readonly model: string;
  readonly at: number;
  /** Strongest first; at least one. */
  readonly evidence: readonly Evidence[];
  readonly judged: JudgedAttribution;
  readonly names: readonly string[];
  readonly facts: Pick<
    ModelFacts,
    "scores" | "learned" | "lastAt" | "newestRow" | "rules" | "crossed" | "announced"
  >;
  /** Newest intervals between attributions, oldest first, microseconds. */
  readonly intervals: readonly number[];
  readonly outOf: number;
  readonly warmUp: string | undefined;
  readonly cadence: number | undefined;
  readonly sourceNewest: number | undefined;
  readonly predictionWindowUs: number | undefined;
}

/** The event of an episode that opens. Rules come before scores, in the reason and in the blame. */
export function openedEvent(input: OpeningInput): EpisodeOpened {
  const { model, at, evidence, warmUp, cadence } = input;
  const { scores: detectors, learned, lastAt } = input.facts;
  const { sourceNewest, predictionWindowUs } = input;
  const { kind, reason: found, score } = evidence[0]!;
  const reason = warmUp === undefined ? found : `${found} (${provisionally(warmUp, learned)})`;
  const guilty = [...new Set(evidence.flatMap(({ slots }) => slots))];
  // Silence opens at a time of the clock, but an id must contain only times of rows.
  const id = eventId(model, "episode_opened", kind, lastAt ?? at);
  const features = blame({ ...input, guilty });
  const { memory } = input.judged;
  const [top] = features;
  const slot = top && input.names.indexOf(top.feature);
  const onset = onsetOf({ ...input, kind, slot, memory });
  return {
    type: "episode_opened",
    id,
    model,
    at,
    kind,
    reason,
    score,
    features,
    detectors,
    ranking: kind === "silent" ? undefined : rankingOf(sharesOf(memory)),
    learned,
    warmUp,
    cadence,
    newestRow: newestRowOf(input.facts) ?? at,
    ...(onset !== undefined && { onset }),
    ...(sourceNewest !== undefined && { sourceNewest }),
    ...(predictionWindowUs !== undefined && { predictionWindowUs }),
    ...changesNear(input.facts.announced, { at, onset }),
  };
}
