import { describe, expect, test } from "vitest";
import type { Detector } from "../../detectors/detector.ts";
import { halfSpaceTrees } from "../../detectors/half-space-trees.ts";
import { pythonRandom } from "../../detectors/stats/mt19937.ts";
import vectors from "../vectors/hst_river_vectors.json" with { type: "json" };
import { freshDetector, scoreThenLearn } from "./fresh-detector.ts";

interface RiverCase {
  readonly name: string;
  readonly cfg: object;
  readonly X: readonly Readonly<Record<string, number>>[];
  readonly score: readonly number[];
}

const cases: readonly RiverCase[] = vectors.cases;
const toy = { n_trees: 5, height: 3, window_size: 3, seed: 42, calibrate: false };
const toyStream = [0.5, 0.45, 0.43];

describe("halfSpaceTrees without calibration", () => {
  test.each(cases)("scores $name as River does", ({ cfg, X, score }) => {
    const features = [...new Set(X.flatMap((x) => Object.keys(x)))].toSorted();
    const settings = { ...cfg, features, calibrate: false };
    const { detector } = freshDetector(halfSpaceTrees, features.length, settings);
    const scores = X.map((x) =>
      scoreThenLearn(
        detector,
        features.map((name) => x[name] ?? NaN),
      ),
    );
    expect(scores.length).toBe(score.length);
    scores.forEach((ours, row) => {
      expect(ours ?? 0).toBe(score[row]);
    });
  });

  test("gives the numbers of River's own example", () => {
    const { detector } = freshDetector(halfSpaceTrees, 1, toy);
    for (const value of toyStream) detector.learnOne(Float64Array.of(value));
    const scores = [0.5, 0.45, 0.43, 0.44, 0.445, 0.45, 0].map((value) => {
      detector.learnOne(Float64Array.of(value));
      return detector.scoreOne(Float64Array.of(value), new Float64Array(1));
    });
    const [low, lower, high] = [0.10666666666666669, 0.07111111111111112, 0.8533333333333333];
    expect(scores).toEqual([low, lower, low, low, low, lower, high]);
  });

  test("takes (0, 1) for a feature that the limits do not name", () => {
    const settings = { calibrate: false, window_size: 50 };
    const named = { ...settings, limits: { a: [0, 1] }, features: ["a", "b"] };
    const { detector: plain } = freshDetector(halfSpaceTrees, 2, settings);
    const { detector: limited } = freshDetector(halfSpaceTrees, 2, named);
    const random = pythonRandom(1);
    for (let row = 0; row < 200; row++) {
      const x = [random(), random()];
      expect(scoreThenLearn(limited, x)).toBe(scoreThenLearn(plain, x));
    }
  });

  test.each([200, 300, 70_000])("counts alike in windows of %d", (window_size) => {
    const settings = { calibrate: false, window_size, n_trees: 1, height: 1 };
    const { detector } = freshDetector(halfSpaceTrees, 1, settings);
    for (let row = 0; row < window_size; row++) detector.learnOne(Float64Array.of(0));
    expect(detector.scoreOne(Float64Array.of(0), new Float64Array(1))).toBe(0);
    // Only the root has vectors there: 1 of the 3 that a full path weighs.
    expect(detector.scoreOne(Float64Array.of(1), new Float64Array(1))).toBe(1 - 1 / 3);
  });
});

describe("what halfSpaceTrees learns", () => {
  const rows = 120;
  const stream = (): Float64Array[] => {
    const random = pythonRandom(3);
    const value = (): number => (random() < 0.1 ? Number.NaN : random());
    return Array.from({ length: rows }, () => Float64Array.from({ length: 3 }, value));
  };
  const learned = (look: (detector: Detector, x: Float64Array, next: Float64Array) => void) => {
    const { detector, state } = freshDetector(halfSpaceTrees, 3, { window_size: 40 });
    const seen = stream();
    for (const [row, x] of seen.entries()) {
      look(detector, x, seen[(row + 1) % rows] ?? x);
      detector.learnOne(x);
    }
    return state.bytes;
  };
  const scores = new Float64Array(3);
  const unseen = learned(() => {});

  test.each<[string, Parameters<typeof learned>[0]]>([
    ["the vector itself", (detector, x) => detector.scoreOne(x, scores)],
    ["a copy of it", (detector, x) => detector.scoreOne(x.slice(), scores)],
    [
      "the vector and then another",
      (detector, x, next) => {
        detector.scoreOne(x, scores);
        detector.scoreOne(next, scores);
      },
    ],
    [
      "the vector before one of its values changed or went missing",
      (detector, x, next) => {
        const [first = 0] = x;
        x[0] = next[0] ?? 0;
        detector.scoreOne(x, scores);
        x[0] = first;
      },
    ],
  ])("does not depend on having scored %s", (_, look) => {
    expect(learned(look)).toEqual(unseen);
  });
});

describe("the parameters of halfSpaceTrees", () => {
  test.each([
    ["limits without the names of the slots", { limits: { a: [0, 1] } }],
    ["limits the wrong way round", { limits: { a: [1, 0] }, features: ["a"] }],
    ["half a tree", { n_trees: 0.5 }],
  ])("reject %s", (_, settings) => {
    expect(halfSpaceTrees.params.safeParse(settings).success).toBe(false);
  });

  test("take 42 for a seed of null", () => {
    const { detector } = freshDetector(halfSpaceTrees, 1, { ...toy, seed: null });
    const { detector: seeded } = freshDetector(halfSpaceTrees, 1, toy);
    for (const value of [...toyStream, ...toyStream]) {
      expect(scoreThenLearn(detector, [value])).toBe(scoreThenLearn(seeded, [value]));
    }
  });
});

describe("halfSpaceTrees, calibrated", () => {
  const random = pythonRandom(7);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

  test("puts about one in 200 vectors of noise above the boundary, whatever its unit", () => {
    const { detector } = freshDetector(halfSpaceTrees, 2);
    let above = 0;
    const rows = 20_000;
    for (let row = 0; row < rows; row++) {
      const score = scoreThenLearn(detector, [1e6 + 100 * normal(), 1e-6 * normal()]);
      if ((score ?? 0) >= 1) above++;
    }
    expect(above / rows).toBeGreaterThan(0.003);
    expect(above / rows).toBeLessThan(0.008);
  });

  test("sees a combination that no feature shows alone", () => {
    const { detector } = freshDetector(halfSpaceTrees, 2, { n_trees: 50 });
    for (let row = 0; row < 3000; row++) {
      const both = normal() > 0 ? 2 : -2;
      scoreThenLearn(detector, [both + 0.1 * normal(), both + 0.1 * normal()]);
    }
    const x = Float64Array.of(2, -2);
    expect(detector.scoreOne(x, new Float64Array(2))).toBeGreaterThan(1);
  });

  test("first scores after six fifths of a window", () => {
    const { detector } = freshDetector(halfSpaceTrees, 1, { window_size: 50 });
    const scores = Array.from({ length: 61 }, () => scoreThenLearn(detector, [normal()]));
    expect(scores.findIndex((score) => score !== undefined)).toBe(60);
  });

  test("keeps 9 KB at most for 50 features", () => {
    const params = halfSpaceTrees.params.parse({});
    expect(halfSpaceTrees.stateBytes(params, 50)).toBeLessThanOrEqual(9 * 1024);
  });

  test("keeps locations and scales when it grows and starts the trees anew", () => {
    const params = halfSpaceTrees.params.parse({});
    const { detector, state } = freshDetector(halfSpaceTrees, 1);
    for (let row = 0; row < 400; row++) scoreThenLearn(detector, [1e6 + normal()]);
    const to = { nFeatures: 2, bytes: new Uint8Array(halfSpaceTrees.stateBytes(params, 2)) };
    halfSpaceTrees.grow(params, state, to);
    const grown = halfSpaceTrees.create(params, to);
    expect(scoreThenLearn(grown, [1e6, 0])).toBeUndefined();
    const location = new Float64Array(to.bytes.buffer, 32, 1)[0];
    expect(Math.abs((location ?? 0) - 1e6)).toBeLessThan(1);
  });
});
