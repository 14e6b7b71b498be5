/** Finds the words and figures of an episode that opens. */
import { formatDuration } from "../duration.ts";
import { blame, sharesOf } from "./blame.ts";
import { expectedBand, familyOf } from "./decision.ts";
import type { EpisodeOpened } from "./event.ts";
import { eventId } from "./event-id.ts";
import type { ModelMemory } from "./memory.ts";
import { rankingOf } from "./ranking.ts";
import type { Evidence } from "./rules.ts";

/** A leak: a feature rose at least so many times… */
const leakRise = 3;
/** …and now holds more than this share of the total. */
const leakShare = 0.2;
/** More relatives than this help nobody. */
const mostRelatives = 5;

export interface ShiftInput {
  /** Time of the attribution, microseconds since 1970. */
  readonly at: number;
  readonly memory: ModelMemory;
  readonly names: readonly string[];
  /** Transformed values. */
  readonly y: Float64Array;
  readonly scores: Float64Array;
  /** Features beyond their boundary, once one crossed it often enough. */
  readonly firing: readonly number[];
}

/** The judges' evidence; none when no feature fires. */
export function shiftEvidence(input: ShiftInput): readonly Evidence[] {
  const { memory, names, scores, firing } = input;
  if (firing.length === 0) return [];
  const blamed = blame({ ...input, guilty: [] });
  const slots = blamed.map(({ feature }) => names.indexOf(feature));
  const slot = slots[0]!;
  const { before = 0, after = 0 } = blamed[0]!;
  const leaked = memory.nFeatures > 1 && after > leakShare && after >= leakRise * before;
  const score = scores[slot]!;
  return [{ kind: leaked ? "leak" : "shift", slots, score, reason: sentence(input, slot) }];
}

function sentence(input: ShiftInput, slot: number): string {
  const { at, memory, names, y, scores, firing } = input;
  const band = expectedBand(memory, slot, at);
  const percent = !memory.shape.raw;
  const said = (value: number): string => (percent ? `${figure(value * 100)} %` : figure(value));
  const value = y[slot]!;
  const verb = value < (band?.expected ?? 0) ? "fell" : "rose";
  const expected =
    band === undefined
      ? ""
      : `, expected ${said(percent ? Math.max(band.low, 0) : band.low)} to ${said(band.high)}`;
  const others = firing.length > 1 ? `; ${firing.length - 1} more beyond theirs` : "";
  return `${names[slot]} ${verb} to ${said(value)}${percent ? " of the total" : ""}${expected}: ${figure(scores[slot]!)} times its boundary${others}${moving(input, slot)}`;
}

/** Whoever looks for the cause has to look at the whole family. */
function moving({ memory, names }: ShiftInput, slot: number): string {
  const family = familyOf(memory, slot).map((other) => names[other]);
  const more = family.length > mostRelatives ? ` and ${family.length - mostRelatives} more` : "";
  const said = family.slice(0, mostRelatives).join(", ");
  return family.length === 0 ? "" : `; usually moves with ${said}${more}`;
}

/** @param silence times in microseconds */
export function silentEvidence(silence: {
  readonly elapsed: number;
  readonly cadence: number;
  readonly silentCadences: number;
}): Evidence {
  const { elapsed, cadence, silentCadences } = silence;
  const usual = formatDuration(cadence / 1000);
  const reason = `no attribution for ${formatDuration(elapsed / 1000)}, usually one every ${usual}`;
  return { kind: "silent", slots: [], score: elapsed / cadence / silentCadences, reason };
}

const figure = (value: number): string => String(Number(value.toPrecision(3)));

export interface OpeningInput {
  readonly model: string;
  readonly at: number;
  /** Strongest first; at least one. */
  readonly evidence: readonly Evidence[];
  readonly memory: ModelMemory;
  readonly names: readonly string[];
  readonly scores: Float64Array;
  readonly detectors: EpisodeOpened["detectors"];
  readonly learned: number;
  readonly cadence: number | undefined;
  readonly newestRow: number;
}

/** The event of an episode that opens; rules come before scores, in what is said and in who is blamed. */
export function openedEvent(input: OpeningInput): EpisodeOpened {
  const { model, at, evidence, newestRow, detectors, learned, cadence } = input;
  const { kind, reason, score } = evidence[0]!;
  const guilty = [...new Set(evidence.flatMap(({ slots }) => slots))];
  // Silence opens at a clock time, which is not its row time.
  const id = eventId(model, "episode_opened", kind, newestRow);
  const features = blame({ ...input, guilty });
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
    ranking: kind === "silent" ? undefined : rankingOf(sharesOf(input.memory)),
    learned,
    cadence,
    newestRow,
  };
}
