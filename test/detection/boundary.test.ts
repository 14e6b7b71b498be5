/** FR-M2: what happens exactly at a boundary, with detectors whose scores the test says. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Detector, DetectorType } from "../../detectors/detector.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import type { DetectorUse } from "../../src/detection/settings.ts";
import {
  cadence,
  churn,
  indexOf,
  rowsAt,
  rowsRecord,
  settings,
  start,
  tickAt,
  vectors,
  World,
} from "./streams.ts";

/** The score of an attribution, by its number. */
type Script = (i: number) => number;

/** A detector that says what the script says, of the first feature or of the vector as a whole. */
function scripted(name: string, script: Script, of: "feature" | "vector"): DetectorType<unknown> {
  const detector: Detector = {
    scoreOne: (x, featureScores, at) => {
      const score = at === undefined ? 0 : script(indexOf(at));
      featureScores.fill(of === "vector" ? Number.NaN : 0);
      if (of === "feature" && x.length > 0) featureScores[0] = score;
      return score;
    },
    learnOne: () => undefined,
    band: () => undefined,
  };
  return {
    name,
    version: 1,
    params: z.unknown(),
    stateBytes: () => 8,
    create: () => detector,
    grow: () => undefined,
  };
}

/** The stream of 340 quiet attributions as it is judged by one detector. */
function judgedBy(
  script: Script,
  use: Partial<DetectorUse> & { of?: "feature" | "vector" } = {},
): World {
  const { of = "feature", ...role } = use;
  const world = new World();
  const type = scripted("scripted", script, of);
  const detectors = [{ type, params: {}, deciding: true, ...role }];
  world.engine = new PartitionEngine({ ...settings(), detectors });
  return world;
}

const vectorOf = vectors(5);
const quiet = Array.from({ length: 360 }, (_, i) => vectorOf(i));
/** Below three features nothing widens a boundary. */
const few = quiet.map(({ f0 = 0, f1 = 0 }) => ({ f0, f1 }));
const runFew = (world: World): World => world.run(0, 340, (i) => few[i]);
const run = (world: World, from = 0, to = 340): World => world.run(from, to, (i) => quiet[i]);
const openedAt = (world: World): readonly number[] => world.opened.map(({ at }) => indexOf(at));

/** Crosses the boundary at these attributions only. */
const crossing =
  (...at: readonly number[]): Script =>
  (i) =>
    at.includes(i) ? 2 : 0;

describe("FR-M2: two crossings of the last three attributions", () => {
  it.each([
    ["two in a row", [300, 301], [301]],
    ["two with one between", [300, 302], [302]],
    ["two with two between, which are two of four", [300, 303], []],
    ["one every third time, however often", [300, 303, 306, 309, 312], []],
    ["one alone", [300], []],
  ] as const)("%s", (_what, at, opened) => {
    expect(openedAt(run(judgedBy(crossing(...at))))).toEqual(opened);
    expect(openedAt(run(judgedBy(crossing(...at), { of: "vector" })))).toEqual(opened);
  });
});

const at =
  (score: number): Script =>
  (i) =>
    i === 300 || i === 301 ? score : 0;

describe("FR-M2: a score of exactly 1", () => {
  it.each(["feature", "vector"] as const)("crosses the boundary of a judge of the %s", (of) => {
    expect(openedAt(runFew(judgedBy(at(1), { of })))).toEqual([301]);
    expect(openedAt(runFew(judgedBy(at(0.999), { of })))).toEqual([]);
  });

  it("is enough at once for a detector that asks for more than one value itself", () => {
    expect(openedAt(runFew(judgedBy(at(1), { atOnce: true })))).toEqual([300]);
    expect(openedAt(runFew(judgedBy(at(0.999), { atOnce: true })))).toEqual([]);
  });

  it("is counted in units of the detector's own boundary", () => {
    expect(openedAt(runFew(judgedBy(at(3), { boundary: 3 })))).toEqual([301]);
    expect(openedAt(runFew(judgedBy(at(2.99), { boundary: 3 })))).toEqual([]);
  });
});

/** They are half as wide again for 60 attributions. */
const afterMarker = (score: number, of: "feature" | "vector"): readonly number[] => {
  const world = run(
    judgedBy((i) => (i === 330 || i === 331 ? score : 0), { of }),
    0,
    290,
  );
  const markedAt = start + 289.5 * cadence;
  world.apply({ kind: "marker", id: "m", model: churn, at: markedAt, marker: "retrain" });
  return openedAt(run(world, 290));
};

describe("FR-M2: the boundaries after a marker", () => {
  it.each(["feature", "vector"] as const)("are wider for a judge of the %s", (of) => {
    expect(afterMarker(1.4, of)).toEqual([]);
    expect(afterMarker(1.6, of)).toEqual([331]);
  });
});

describe("FR-M2: a row exactly at the end of the assembly window", () => {
  const rows = rowsAt(300, quiet[300]!);
  /** The last feature comes so many microseconds after the first. */
  const learnedWith = (lateUs: number): number | undefined => {
    const world = run(new World(), 0, 300);
    const late = rows.map((row, k) =>
      k === rows.length - 1 ? { ...row, ts: row.ts + lateUs } : row,
    );
    world.apply(rowsRecord(300, late));
    world.apply(tickAt(300.9));
    return [...world.engine.models()][0]?.learned;
  };

  it("begins the next attribution, and one before it belongs to this one", () => {
    const window = settings().source("main").assemblyWindowUs;
    // Without its last feature an attribution is not whole, and not learned.
    expect([learnedWith(window - 1), learnedWith(window)]).toEqual([301, 300]);
  });
});
