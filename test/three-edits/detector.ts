/** A made-up detector that expects the value before, and stands beside the judges of the preset standard. */
import type { MadeUp } from "./made-up.ts";

export const detector: MadeUp = {
  kind: "detector",
  module: {
    file: "detectors/made-up.ts",
    text: `/** Scores how far a value is from the one before. */
import { z } from "zod";
import type { Band, Detector, DetectorState, DetectorType } from "./detector.ts";

const params = z.strictObject({ part: z.number().positive().default(0.005) });

type MadeUpParams = z.infer<typeof params>;

const finite = (value: number): number =>
  Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));

export const madeUp: DetectorType<MadeUpParams> = {
  name: "made-up",
  version: 1,
  params,
  presets: { standard: () => ({ deciding: false, params: {} }) },
  stateBytes: (_, nFeatures) => nFeatures * 16,
  create: (settings, state) => new MadeUp(settings, state),
  grow: (_, from, to) => to.bytes.set(from.bytes),
};

/** A count and the newest value, for each feature. */
class MadeUp implements Detector {
  readonly #part: number;
  readonly #state: Float64Array;

  constructor({ part }: MadeUpParams, { bytes, nFeatures }: DetectorState) {
    this.#part = part;
    this.#state = new Float64Array(bytes.buffer, bytes.byteOffset, 2 * nFeatures);
  }

  scoreOne(x: Float64Array, featureScores: Float64Array): number | undefined {
    let highest: number | undefined;
    featureScores.fill(Number.NaN);
    x.forEach((value, slot) => {
      const band = this.band(slot);
      if (Number.isNaN(value) || band === undefined) return;
      const score = Math.min(1e6, Math.abs(value - band.expected) / this.#width(band.expected));
      featureScores[slot] = score;
      highest = Math.max(highest ?? 0, score);
    });
    return highest;
  }

  learnOne(x: Float64Array): void {
    x.forEach((value, slot) => {
      if (Number.isNaN(value)) return;
      this.#state[2 * slot] = (this.#state[2 * slot] ?? 0) + 1;
      this.#state[2 * slot + 1] = value;
    });
  }

  band(slot: number): Band | undefined {
    const [n = 0, expected = 0] = this.#state.subarray(2 * slot, 2 * slot + 2);
    if (n < 2) return undefined;
    const width = 0.99 * this.#width(expected);
    return { expected, low: finite(expected - width), high: finite(expected + width), n };
  }

  #width(expected: number): number {
    return this.#part * Math.max(1, Math.abs(expected));
  }
}
`,
  },
  list: {
    file: "detectors/index.ts",
    lines: [
      ['from "./half-space-trees.ts";\n', 'import { madeUp } from "./made-up.ts";\n'],
      ["  rangeWatch,\n", "  madeUp,\n"],
    ],
  },
  test: {
    file: "test/detectors/made-up.test.ts",
    text: `import { expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { madeUp } from "../../detectors/made-up.ts";
import { detectorSet } from "../../src/detection/baseline/default-detectors.ts";
import { freshDetector, scoreThenLearn } from "./fresh-detector.ts";

it("made-up scores the distance from the value before", () => {
  const { detector } = freshDetector(madeUp, 1);
  expect([1, 1, 1.0025].map((value) => scoreThenLearn(detector, [value]) ?? 0)[2]).toBeCloseTo(0.5);
});

it("made-up runs by default, and not in the preset plain", () => {
  const names = (preset: "standard" | "plain") =>
    detectorSet(detectorTypes, { preset }).map(({ type }) => type.name);
  expect(names("standard")).toContain("made-up");
  expect(names("plain")).not.toContain("made-up");
});
`,
  },
};
