/** Finds the words and figures of an episode that opens. */
import { formatDuration } from "../duration.ts";
import { blame } from "./blame.ts";
import { expectedBand } from "./decision.ts";
import type { EpisodeOpened } from "./event.ts";
import { eventId } from "./event-id.ts";
import type { ModelMemory } from "./memory.ts";
import type { Evidence } from "./rules.ts";

/** A leak: a feature rose at least so many times… */
const leakRise = 3;
/** …and now holds more than this share of the total. */
const leakShare = 0.2;

export interface ShiftInput {
  /** Time of the attribution, microseconds since 1970. */
  readonly at: number;
  readonly memory: ModelMemory;
  readonly names: readonly string[];
  /** Transformed values. */
  readonly y: Float64Array;
  readonly scores: Float64Array;
  /** Features beyond their boundary, highest score first, once one crossed it often enough. */
  readonly firing: readonly number[];
  /** The judge of the vector as a whole by which they fire; undefined when a feature does by itself. */
  readonly whole: string | undefined;
}

/** The judges' evidence; none when no feature fires. */
export function shiftEvidence(input: ShiftInput): readonly Evidence[] {
  const { memory, names, scores, firing, whole } = input;
  const slot = firing[0];
  if (slot === undefined) return [];
  const [top] = blame({ ...input, guilty: [slot] });
  const before = top?.before ?? 0;
  const after = top?.after ?? 0;
  const leaked = memory.nFeatures > 1 && after > leakShare && after >= leakRise * before;
  const score = scores[slot]!;
  const reason =
    whole === undefined
      ? sentence(input, slot)
      : `few recent attributions were like this one, least of all in ${names[slot]}: ${whole} ${figure(score)} times its boundary`;
  return [{ kind: leaked ? "leak" : "shift", slots: firing, score, reason }];
}

function sentence({ at, memory, names, y, scores, firing }: ShiftInput, slot: number): string {
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
  return `${names[slot]} ${verb} to ${said(value)}${percent ? " of the total" : ""}${expected}: ${figure(scores[slot]!)} times its boundary${others}`;
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
    learned,
    cadence,
    newestRow,
  };
}
