/** What every registered detector promises. A new one is tested here by being in the registry. */
import { fc, it } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import type { Detector, DetectorState, DetectorType } from "../../detectors/detector.ts";
import { detectorTypes } from "../../detectors/index.ts";
import { pythonRandom } from "../../detectors/stats/mt19937.ts";
import { freshDetector, scoreThenLearn } from "../detectors/fresh-detector.ts";

/** More vectors than any detector needs, at its defaults, before it scores. */
const WARM = 700;

const types = detectorTypes.map((type) => ({ name: type.name, type }));

const hour = 3_600_000_000;
const monday = Date.UTC(2026, 0, 5) * 1000;

/** The time of a row, microseconds since 1970; detectors may be told none. */
type TimeOf = (row: number) => number | undefined;

const times: Readonly<Record<string, TimeOf>> = {
  none: () => undefined,
  "five minutes": (row) => monday + (row * hour) / 12,
  "seven hours": (row) => monday + row * 7 * hour,
  "an hour, and a pause of a month": (row) => monday + row * hour + (row < 400 ? 0 : 720 * hour),
};

const someTimes = fc.constantFrom(...Object.values(times));

/** Noise around different levels, now and then without a value. */
function noise(seed: number, length: number, nFeatures: number): Float64Array[] {
  const random = pythonRandom(seed);
  const value = (slot: number): number => (random() < 0.02 ? Number.NaN : 10 * slot + random());
  return Array.from({ length }, () =>
    Float64Array.from({ length: nFeatures }, (_, slot) => value(slot)),
  );
}

function learnAll(detector: Detector, vectors: readonly Float64Array[], timeOf: TimeOf): void {
  for (const [row, x] of vectors.entries()) detector.learnOne(x, timeOf(row));
}

/** Everything a detector says of the vectors while it learns them. */
function future(detector: Detector, vectors: readonly Float64Array[], timeOf: TimeOf): unknown[] {
  return vectors.map((x, row) => {
    const at = timeOf(row);
    const featureScores = new Float64Array(x.length);
    const score = detector.scoreOne(x, featureScores, at);
    detector.learnOne(x, at);
    const bands = Array.from(x, (_, slot) => detector.band(slot, at));
    return { score, featureScores: [...featureScores], bands };
  });
}

function restored(type: DetectorType<unknown>, { nFeatures, bytes }: DetectorState): Detector {
  return type.create(type.params.parse({}), { nFeatures, bytes: bytes.slice() });
}

const seeds = fc.integer({ min: 0, max: 1e6 });
const lengths = fc.integer({ min: 0, max: WARM });
const widths = fc.integer({ min: 1, max: 6 });

describe("the registry of detectors", () => {
  test("knows each detector by one kebab-case name", () => {
    const names = detectorTypes.map((type) => type.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });
});

describe.each(types)("the parameters of $name", ({ type }) => {
  test("all have defaults", () => {
    expect(type.params.safeParse({}).success).toBe(true);
  });

  test("reject an unknown key", () => {
    expect(type.params.safeParse({ no_such_parameter: 1 }).success).toBe(false);
  });

  test("ask for a multiple of 8 bytes", () => {
    const params = type.params.parse({});
    for (let nFeatures = 1; nFeatures <= 40; nFeatures++) {
      expect(type.stateBytes(params, nFeatures) % 8).toBe(0);
    }
  });
});

describe.each(types)("$name", ({ type }) => {
  test("has no score while it warms up", () => {
    const { detector } = freshDetector(type, 2);
    const featureScores = new Float64Array(2);
    expect(detector.scoreOne(Float64Array.of(1, 2), featureScores)).toBeUndefined();
    expect([...featureScores]).toEqual([Number.NaN, Number.NaN]);
    expect(detector.band(0)).toBeUndefined();
  });

  test("scores in the end", () => {
    const { detector } = freshDetector(type, 3);
    for (const x of noise(1, WARM, 3)) detector.learnOne(x);
    expect(detector.scoreOne(Float64Array.of(0.5, 10.5, 20.5), new Float64Array(3))).toBeTypeOf(
      "number",
    );
  });

  it.prop([seeds, lengths, someTimes], { numRuns: 20 })(
    "learns nothing by scoring",
    (seed, length, timeOf) => {
      const { detector, state } = freshDetector(type, 3);
      learnAll(detector, noise(seed, length, 3), timeOf);
      const before = state.bytes.slice();
      for (const [row, x] of noise(seed + 1, 20, 3).entries())
        detector.scoreOne(x, new Float64Array(3), timeOf(length + row));
      expect(state.bytes).toEqual(before);
    },
  );
});

describe.each(types)("the state of $name", ({ type }) => {
  it.prop([fc.tuple(seeds, widths), lengths, someTimes], { numRuns: 15 })(
    "restored from a copy of its bytes gives the same future, bit for bit",
    ([seed, nFeatures], learned, timeOf) => {
      const { detector, state } = freshDetector(type, nFeatures);
      learnAll(detector, noise(seed, learned, nFeatures), timeOf);
      const copy = restored(type, state);
      const next = noise(seed + 1, WARM, nFeatures);
      const later: TimeOf = (row) => timeOf(learned + row);
      expect(future(copy, next, later)).toEqual(future(detector, next, later));
    },
  );

  test.each(Object.entries(times))(
    "is wholly in its bytes: two instances on them act as one (%s)",
    (_, timeOf) => {
      const { detector: alone } = freshDetector(type, 2);
      const { detector: first, state } = freshDetector(type, 2);
      const second = type.create(type.params.parse({}), state);
      const stream = noise(3, WARM, 2);
      const together = stream.map(
        (x, row) => future(row % 2 === 0 ? first : second, [x], () => timeOf(row))[0],
      );
      expect(together).toEqual(future(alone, stream, timeOf));
    },
  );

  test("keeps the bands of the old features when a feature joins, and leaves the old bytes alone", () => {
    const params = type.params.parse({});
    const { detector, state } = freshDetector(type, 2);
    for (const x of noise(4, WARM, 2)) detector.learnOne(x);
    const before = state.bytes.slice();
    const to = { nFeatures: 3, bytes: new Uint8Array(type.stateBytes(params, 3)) };
    type.grow(params, state, to);
    expect(state.bytes).toEqual(before);
    const grown = type.create(params, to);
    expect([grown.band(0), grown.band(1)]).toEqual([detector.band(0), detector.band(1)]);
    expect(grown.band(2)).toBeUndefined();
    for (const x of noise(5, WARM, 3)) grown.learnOne(x);
    expect(grown.scoreOne(Float64Array.of(0.5, 10.5, 20.5), new Float64Array(3))).toBeTypeOf(
      "number",
    );
  });
});

function isOutside(detector: Detector, value: number, at: number | undefined): boolean {
  const band = detector.band(0, at);
  const said = detector.explain?.(0, value, at) ?? (band && { ...band, observed: value });
  return said !== undefined && (said.observed < said.low || said.observed > said.high);
}

const outside = fc.record({
  seed: seeds,
  factor: fc.double({ min: -20, max: 20, noNaN: true }),
  rows: fc.integer({ min: 1, max: 40 }),
  timeOf: someTimes,
});

describe.each(types)("what $name says of a vector beyond its boundary", ({ type }) => {
  it.prop([outside], { numRuns: 40 })(
    "is a value outside the band beside it",
    ({ seed, factor, rows, timeOf }) => {
      const { detector } = freshDetector(type, 1);
      learnAll(detector, noise(seed, WARM, 1), timeOf);
      const featureScores = new Float64Array(1);
      for (const [row, [x = Number.NaN]] of noise(seed + 1, rows, 1).entries()) {
        const at = timeOf(WARM + row);
        const moved = Float64Array.of(x + factor);
        detector.scoreOne(moved, featureScores, at);
        if (featureScores[0]! >= 1) expect(isOutside(detector, moved[0]!, at)).toBe(true);
        if (detector.skipOne) detector.skipOne(moved, at);
        else detector.learnOne(moved, at);
      }
    },
  );
});

const wrong = (score: number): boolean => !Number.isFinite(score) || score < 0;

/** What it says of a vector that is not finite and ≥ 0; a score that is not there is fine. */
function impossible(detector: Detector, x: Float64Array, at: number | undefined): number[] {
  const featureScores = new Float64Array(x.length);
  const score = detector.scoreOne(x, featureScores, at);
  detector.learnOne(x, at);
  const { expected, low, high } = detector.band(0, at) ?? { expected: 0, low: 0, high: 0 };
  return [
    ...[score ?? 0].filter(wrong),
    ...featureScores.filter((each) => !Number.isNaN(each) && wrong(each)),
    ...[expected, low, high].filter((each) => !Number.isFinite(each)),
  ];
}

describe.each(types)("the numbers of $name", ({ type }) => {
  const absurd = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, -0, 1e300, -1e300, Number.MAX_VALUE, -Number.MAX_VALUE, 1e-300, 5e-324),
    fc.constant(Number.NaN),
  );
  const vectors = fc.array(fc.tuple(absurd, absurd), { minLength: 20, maxLength: 60 });

  it.prop([vectors, fc.boolean(), someTimes], { numRuns: 25 })(
    "are finite and not negative whatever finite values come, present or absent",
    (rows, warm, timeOf) => {
      const { detector } = freshDetector(type, 2);
      if (warm) learnAll(detector, noise(6, WARM, 2), timeOf);
      const stream = Array.from({ length: WARM }, (_, row) => rows[row % rows.length] ?? []);
      const said = stream.flatMap((values, row) =>
        impossible(detector, Float64Array.from(values), timeOf(WARM + row)),
      );
      expect(said).toEqual([]);
    },
  );
});

describe.each(types)("a constant series under $name", ({ type }) => {
  const constants = fc.oneof(
    fc.constantFrom(0, 1, -1, 0.1, 1e-300, 1e20),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  );
  const sizes = fc.double({ min: 0.01, max: 1e6, noNaN: true });

  it.prop([constants, someTimes], { numRuns: 15 })(
    "never reaches the boundary",
    (constant, timeOf) => {
      const { detector } = freshDetector(type, 1);
      const rows = { length: 3 * WARM };
      const scores = Array.from(
        rows,
        (_, row) => scoreThenLearn(detector, [constant], timeOf(row)) ?? 0,
      );
      expect(Math.max(...scores)).toBeLessThan(1);
    },
  );

  it.prop([constants, fc.tuple(sizes, fc.constantFrom(-1, 1)), someTimes], { numRuns: 40 })(
    "fires within two vectors when it changes by a hundredth",
    (constant, [size, sign], timeOf) => {
      const { detector } = freshDetector(type, 1);
      for (let row = 0; row < WARM; row++) scoreThenLearn(detector, [constant], timeOf(row));
      const changed = constant + sign * size * Math.max(1, Math.abs(constant));
      const scores = [0, 1].map(
        (row) => scoreThenLearn(detector, [changed], timeOf(WARM + row)) ?? 0,
      );
      expect(Math.max(...scores)).toBeGreaterThanOrEqual(1);
    },
  );

  test("does not fire when one feature of it is absent", () => {
    const { detector } = freshDetector(type, 2);
    for (let row = 0; row < WARM; row++) scoreThenLearn(detector, [3, 7]);
    expect(scoreThenLearn(detector, [3, Number.NaN]) ?? 0).toBeLessThan(1);
  });
});
