import { describe, expect, it } from "vitest";
import { indexOf, random, rowsAt, rowsRecord, type Vector, vectors, World } from "./streams.ts";

const week = 2016;
const uniform = random(11);
const vectorOf = vectors(6);

/** A healthy week, then a day as told. */
const story = (habit: (vector: Vector) => Vector, then: (vector: Vector) => Vector): World =>
  new World().run(0, week + 288, (i) => (i < week ? habit : then)(vectorOf(i)));

const before = (world: World): readonly string[] =>
  world.opened.filter(({ at }) => indexOf(at) < week).map(({ kind }) => kind);
const after = (world: World): readonly string[] =>
  world.opened.filter(({ at }) => indexOf(at) >= week).map(({ kind }) => kind);

const nanIn = (part: number) => (vector: Vector) => ({
  ...vector,
  ...(uniform() < part && { f3: Number.NaN }),
});

const sparse = (part: number) => (vector: Vector) => ({
  ...vector,
  ...Object.fromEntries(
    Array.from({ length: 10 }, (_, k) => [`s${k}`, uniform() < part ? 0.2 + 0.1 * uniform() : 0]),
  ),
});

describe("a feature that is NaN now and then", () => {
  it("opens nothing by it, and is missed when it hardly ever has a value any more", () => {
    const world = story(nanIn(0.3), nanIn(0.98));
    expect(before(world)).toEqual([]);
    expect(after(world)).toContain("bad_values");
    const reasons = world.opened.map(({ kind, reason }) => `${kind}: ${reason}`);
    expect(reasons).toContainEqual(
      expect.stringMatching(/^bad_values: f3 had no usable value \d+ times in a row/),
    );
  });
});

describe("features that are zero nearly always", () => {
  it("open nothing when they are not, and something when they are often not", () => {
    const world = story(sparse(0.04), sparse(0.5));
    expect(before(world)).toEqual([]);
    expect(after(world)).toContain("shift");
    const [opened] = world.opened;
    expect(opened?.reason).toMatch(/is not zero in [\d.]+ % of the newest 30 attributions/);
  });
});

const coarse = (vector: Vector): Vector =>
  Object.fromEntries(
    Object.entries(vector).map(([name, value]) => [name, Number(value.toFixed(1))]),
  );

describe("values that are rounded", () => {
  it("open at most one episode in a week for a step of the least size", () => {
    expect(before(story(coarse, coarse)).length).toBeLessThanOrEqual(1);
  });
});

const constant = (value: number) => (vector: Vector) => ({ ...vector, f3: value });
/** All features are constant. */
const allAlike = (value: number) => () => ({ f0: 0.3, f1: 0.25, f2: 0.2, f3: value, f4: 0.1 });

describe("a feature that was constant", () => {
  it.each([
    ["beside others that move", constant(0.2), constant(0.02)],
    ["beside others that move, from zero too", constant(0), constant(0.2)],
    ["as all others are", allAlike(0.2), allAlike(0.02)],
  ])("is seen to fall to another constant value, %s", (_, usual, then) => {
    const [opened, ...others] = story(usual, then).opened;
    expect(opened).toMatchObject({ kind: "shift" });
    expect(opened?.reason).toMatch(/^f3/);
    expect(others).toEqual([]);
  });

  it("but for a glitch is seen to fall no further than in the glitch", () => {
    let i = 0;
    const world = story((vector) => constant(i++ === 1_000 ? 0.02 : 0.2)(vector), constant(0.02));
    expect(before(world)).toEqual([]);
    expect(after(world)).toContain("shift");
  });
});

describe("vectors that hardly ever change", () => {
  const even = allAlike(0.2);

  it("open nothing in a model that has one a day", () => {
    const world = new World();
    const day = 288;
    for (let i = 0; i < 100; i++) {
      const rows = rowsAt(i * day, even());
      world.apply(rowsRecord(i, rows));
    }
    expect(world.opened).toEqual([]);
  });

  it.each([
    ["first", 12],
    ["later", 200],
  ])("open nothing when they changed for a moment, in the %s hours too", (_, glitch) => {
    const glitches = new Set([glitch, glitch + 5, glitch + 150, glitch + 400]);
    const world = new World().run(0, week, (i) => (glitches.has(i) ? allAlike(0.4)() : even()));
    expect(world.opened).toEqual([]);
  });

  it("are frozen where they changed each time before", () => {
    const last = vectorOf(0);
    const world = new World().run(0, 60, (i) => (i < 30 ? vectorOf(i) : last));
    expect(world.opened.map(({ kind, at }) => [kind, indexOf(at)])).toEqual([["frozen", 32]]);
  });
});

describe("a feature of two values", () => {
  it.each([1, 2, 3])("opens nothing when one of forty is the higher one, seed %d", (seed) => {
    const chance = random(seed);
    const others = vectors(6);
    const twoValues = (i: number) => ({ ...others(i), f3: chance() < 0.025 ? 0.5 : 0.25 });
    expect(new World().run(0, week, twoValues).opened).toEqual([]);
  });
});
