/** A detector of one model. It is one object over its bytes, or one object for each sensitivity of the features. */
import type { Band, Detector, DetectorState, Explanation } from "../../../detectors/detector.ts";
import type { Sensitivity } from "../../../detectors/preset.ts";
import type { DetectorUse } from "../settings.ts";

/** The sensitivity of the feature in a slot; undefined where it is that of the model. */
export type SensitivityOf = (slot: number) => Sensitivity | undefined;

interface Part {
  readonly detector: Detector;
  readonly slots: readonly number[];
}

export class ActiveDetector {
  readonly use: DetectorUse;
  /**
   * The detector that learns the vector as a whole. The detectors of the parts share its bytes. If the detector type
   * learns features apart, each part learns by itself instead.
   */
  readonly detector: Detector;
  /** At least one part; one for each sensitivity of the features. */
  readonly #parts: readonly Part[];
  readonly #nFeatures: number;

  constructor(use: DetectorUse, state: DetectorState, sensitivityOf: SensitivityOf) {
    this.use = use;
    this.#nFeatures = state.nFeatures;
    this.#parts = partsOf(use, state, sensitivityOf);
    this.detector = this.#parts[0]!.detector;
  }

  scoreOne(y: Float64Array, one: Float64Array, at: number): number | undefined {
    const score = this.detector.scoreOne(y, one, at);
    if (this.#parts.length === 1) return score;
    const own = new Float64Array(this.#nFeatures);
    for (const { detector, slots } of this.#parts.slice(1)) {
      detector.scoreOne(y, own, at);
      for (const slot of slots) one[slot] = own[slot]!;
    }
    return one.reduce<number | undefined>(
      (most, next) => (next >= (most ?? 0) ? next : most),
      undefined,
    );
  }

  learnOne(y: Float64Array, at: number): void {
    this.#eachPart(y, (detector, own) => detector.learnOne(own, at));
  }

  skipOne(y: Float64Array, at: number): void {
    this.#eachPart(y, (detector, own) => detector.skipOne?.(own, at));
  }

  band(slot: number, at: number): Band | undefined {
    return this.detector.band(slot, at);
  }

  /** What the score of a feature of the vector rests on; undefined where the detector cannot explain it. */
  explain(slot: number, y: Float64Array, at: number): Explanation | undefined {
    const { detector } = this.#partOf(slot);
    // A detector can explain only the vector that it scored last.
    if (this.#parts.length > 1) detector.scoreOne(y, new Float64Array(this.#nFeatures), at);
    return detector.explain?.(slot, y[slot]!, at);
  }

  #partOf(slot: number): Part {
    return this.#parts.find(({ slots }) => slots.includes(slot)) ?? this.#parts[0]!;
  }

  /**
   * Lets the model's detector learn all features. Where features are learned apart, each part learns its own features.
   */
  #eachPart(y: Float64Array, take: (detector: Detector, own: Float64Array) => void): void {
    if (this.#parts.length === 1 || this.use.type.learnsApart !== true) {
      take(this.detector, y);
      return;
    }
    for (const { detector, slots } of this.#parts) {
      const own = new Float64Array(this.#nFeatures).fill(Number.NaN);
      for (const slot of slots) own[slot] = y[slot]!;
      take(detector, own);
    }
  }
}

function partsOf(
  use: DetectorUse,
  state: DetectorState,
  sensitivityOf: SensitivityOf,
): readonly Part[] {
  const slots = Array.from({ length: state.nFeatures }, (_, slot) => slot);
  const chosen = use.paramsAt === undefined ? () => undefined : sensitivityOf;
  return [...new Set([undefined, ...slots.map(chosen)])]
    .map((sensitivity) => ({
      sensitivity,
      own: slots.filter((slot) => chosen(slot) === sensitivity),
    }))
    .filter(({ own }, place) => own.length > 0 || (place === 0 && slots.length === 0))
    .map(({ sensitivity, own }) => ({
      detector: use.type.create(paramsOf(use, sensitivity), state),
      slots: own,
    }));
}

const paramsOf = (
  { params, paramsAt }: DetectorUse,
  sensitivity: Sensitivity | undefined,
): unknown => (sensitivity === undefined ? params : paramsAt?.[sensitivity]);
