/** All numbers a model has learned, in one buffer: the engine's own arrays, then a section for each detector. */
import { ActiveDetector, type SensitivityOf } from "./baseline/active-detector.ts";
import type { DetectorUse } from "./settings.ts";

/** Version of the engine's own section; raised whenever the meaning of its bytes changes. */
export const memoryVersion = 2;

/** Attributions over which the noise of the whole vector is judged. */
export const noiseRing = 10;

/** Scalars before the ring of noise. */
const noiseHead = 2;

const align = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Size of the engine's own section: after the scalars, three Float64, five Float32 and five Uint8 a feature. */
export const ownBytes = (nFeatures: number): number =>
  (noiseHead + noiseRing) * 8 + align(nFeatures * (3 * 8 + 5 * 4 + 5));

export interface MemoryShape {
  readonly nFeatures: number;
  readonly uses: readonly DetectorUse[];
  /** Whether values are in their own units. */
  readonly raw: boolean;
}

export class ModelMemory {
  readonly nFeatures: number;
  readonly shape: MemoryShape;
  readonly bytes: Uint8Array;
  /** The detectors of a model in this unit. */
  readonly uses: readonly DetectorUse[];
  /** The bytes of each detector. */
  readonly sections: readonly Uint8Array[];
  #detectors: readonly ActiveDetector[] | undefined;
  #sensitivityOf: SensitivityOf = () => undefined;
  /** Long-run noise of the vector, observations behind it, then the ring. */
  readonly noise: Float64Array;
  /** Importances of the open (or, until the next begins, the last) attribution; NaN where absent or bad. */
  readonly value: Float64Array;
  /** Time of each of them, NaN where no row came. */
  readonly seenAt: Float64Array;
  /** The attribution before it. */
  readonly previous: Float64Array;
  /** Slow mean of the transformed value, observations behind it, and how often the feature comes, 0..1. */
  readonly level: Float32Array;
  readonly count: Float32Array;
  readonly presence: Float32Array;
  /** Newest transformed value and the mean of its absolute differences. */
  readonly last: Float32Array;
  readonly meanDiff: Float32Array;
  /** One bit an attribution, newest lowest: crossed the boundary. */
  readonly crossed: Uint8Array;
  /** Attributions in a row in which it was absent, and in which its value was bad; then its state as a new feature. */
  readonly absent: Uint8Array;
  readonly bad: Uint8Array;
  readonly fresh: Uint8Array;
  /** How coarse its values are: 128 + the exponent of the least step that it learned, 0 before one. */
  readonly step: Uint8Array;

  constructor(shape: MemoryShape) {
    const n = shape.nFeatures;
    const own = ownBytes(n);
    // Without a feature there is nothing to detect, so no bytes are reserved.
    const fits = ({ only }: DetectorUse): boolean => only === undefined || only === unit(shape);
    this.uses = n === 0 ? [] : shape.uses.filter(fits);
    const sizes = this.uses.map((use) => align(use.type.stateBytes(use.params, n)));
    const buffer = new ArrayBuffer(sizes.reduce((sum, size) => sum + size, own));
    this.nFeatures = n;
    this.shape = shape;
    this.bytes = new Uint8Array(buffer);
    this.noise = new Float64Array(buffer, 0, noiseHead + noiseRing);
    const head = this.noise.byteLength;
    this.value = new Float64Array(buffer, head, n);
    this.seenAt = new Float64Array(buffer, head + n * 8, n);
    this.previous = new Float64Array(buffer, head + n * 16, n);
    const floats = (k: number): Float32Array =>
      new Float32Array(buffer, head + n * (24 + k * 4), n);
    this.level = floats(0);
    this.count = floats(1);
    this.presence = floats(2);
    this.last = floats(3);
    this.meanDiff = floats(4);
    const small = (k: number): Uint8Array => new Uint8Array(buffer, head + n * (44 + k), n);
    this.crossed = small(0);
    this.absent = small(1);
    this.bad = small(2);
    this.fresh = small(3);
    this.step = small(4);
    this.sections = sectionsOf(buffer, own, sizes);
    this.value.fill(Number.NaN);
    this.seenAt.fill(Number.NaN);
    this.previous.fill(Number.NaN);
    this.last.fill(Number.NaN);
  }

  /** The detectors, created at first use. Until then callers may fill their bytes. */
  get detectors(): readonly ActiveDetector[] {
    this.#detectors ??= this.uses.map((use, i) => {
      const state = { nFeatures: this.nFeatures, bytes: this.sections[i]! };
      return new ActiveDetector(use, state, this.#sensitivityOf);
    });
    return this.#detectors;
  }

  /** From here on each feature is judged at its own sensitivity. What was learned stays. */
  judgeAt(sensitivityOf: SensitivityOf): void {
    this.#sensitivityOf = sensitivityOf;
    this.#detectors = undefined;
  }

  /** A larger memory with the contents of this one; new slots are empty. In another unit only {@link kept} stays. */
  grown(nFeatures: number, raw: boolean): ModelMemory {
    const grown = new ModelMemory({ ...this.shape, nFeatures, raw });
    for (const name of kept) grown[name].set(this[name]);
    if (raw !== this.shape.raw) return grown;
    grown.noise.set(this.noise);
    for (const name of learned) grown[name].set(this[name]);
    for (const [i, use] of this.uses.entries()) {
      const from = { nFeatures: this.nFeatures, bytes: this.sections[i]! };
      const to = { nFeatures, bytes: grown.sections[i]! };
      use.type.grow(use.params, from, to);
    }
    return grown;
  }

  /** The same features with only {@link kept} taken over, as after a marker. */
  relearned(): ModelMemory {
    const fresh = new ModelMemory(this.shape);
    for (const name of kept) fresh[name].set(this[name]);
    return fresh;
  }
}

/** What stays when everything is learned from scratch, and what does not. */
const kept = ["value", "seenAt", "previous", "presence", "absent", "bad", "step"] as const;
const learned = ["level", "count", "last", "meanDiff", "crossed", "fresh"] as const;

const unit = ({ raw }: MemoryShape): DetectorUse["only"] => (raw ? "raw" : "parts");

function sectionsOf(
  buffer: ArrayBuffer,
  own: number,
  sizes: readonly number[],
): readonly Uint8Array[] {
  let offset = own;
  return sizes.map((size) => {
    offset += size;
    return new Uint8Array(buffer, offset - size, size);
  });
}
