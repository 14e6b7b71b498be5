import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { Cadence } from "../../src/detection/attribution/cadence.ts";
import { defaultDecision } from "../../src/detection/settings.ts";
import { processes, timesOf, workingHours } from "./pauses.ts";
import { minute, rowsAt, rowsRecord, tickAt, World } from "./streams.ts";

const { silentCadences } = defaultDecision;
const hour = 60 * minute;
/** Each property is drawn from one seed: how often a model is silent by chance has no bound that holds for all. */
const seeds = fc.integer({ min: 0, max: 1e6 });

const dueAt = (cadence: Cadence, at: number): number =>
  cadence.patience === undefined
    ? Number.POSITIVE_INFINITY
    : cadence.dueAfterQuiet(at, at + cadence.patience);

/** Learns the times. @returns how often the model would have counted as silent, and what was learned */
function watch(times: readonly number[]): { readonly silences: number; readonly cadence: Cadence } {
  const cadence = new Cadence(silentCadences);
  let silences = 0;
  for (const [i, at] of times.entries()) {
    const before = times[i - 1];
    if (before === undefined) continue;
    if (at > dueAt(cadence, before)) silences++;
    cadence.add(before, at);
  }
  return { silences, cadence };
}

/** Hours after its last attribution at which a model counts as silent. */
function foundAfter(times: readonly number[]): number {
  const { cadence } = watch(times);
  return (dueAt(cadence, times.at(-1)!) - times.at(-1)!) / hour;
}

/** The most false silences in ten weeks, and hours until a model that stopped is silent: at least, at most. */
const promises: Readonly<Record<string, readonly [most: number, from: number, to: number]>> = {
  regular: [0, 3.25, 3.25],
  jittered: [0, 2.6, 5],
  exponential: [4, 8, 80],
  lognormal: [6, 10, 400],
  "batches of 20 at random": [16, 40, 2000],
  "batches of 60": [5, 5, 30],
};

describe("a model that writes at its own times", () => {
  for (const [name, [most, from, to]] of Object.entries(promises)) {
    test.prop([seeds], { numRuns: 5, seed: 1 })(
      `is hardly ever silent while it writes, and is when it stops: ${name}`,
      (seed) => {
        const times = timesOf(name, { seed, weeks: 10 });
        expect(watch(times).silences).toBeLessThanOrEqual(most);
        expect(foundAfter(times)).toBeGreaterThanOrEqual(from);
        expect(foundAfter(times)).toBeLessThanOrEqual(to);
      },
    );
  }

  it("has a promise for each process", () => {
    expect(Object.keys(promises)).toEqual(Object.keys(processes));
  });

  test.prop([seeds, fc.constantFrom("regular", "exponential")], { numRuns: 10, seed: 1 })(
    "is silent only in the first nights and weekends, not in the later ones",
    (seed, name) => {
      const times = timesOf(name, { seed, weeks: 10, isActive: workingHours, hours: 1 / 12 });
      const { silences } = watch(times);
      expect(silences).toBeGreaterThan(0);
      expect(silences).toBeLessThanOrEqual(4);
    },
  );

  it("is silent 3¼ cadences after it stopped during the day, although its nights are quiet", () => {
    const times = timesOf("regular", { seed: 1, weeks: 10, isActive: workingHours, hours: 1 / 12 });
    const noon = times.filter((at) => at <= (9 * 168 + 60) * hour);
    expect(foundAfter(noon)).toBeCloseTo(silentCadences / 12, 1);
  });

  it.each([
    ["slower", 1 / 12, 1],
    ["faster", 1, 1 / 12],
  ])(
    "that becomes %s is silent at most twice, and 3¼ new cadences count after a week",
    (_, a, b) => {
      const before = timesOf("regular", { seed: 1, weeks: 2, hours: a });
      const after = timesOf("regular", { seed: 1, weeks: 1, hours: b });
      const times = [...before, ...after.map((at) => at + before.at(-1)! + b * hour)];
      expect(watch(times).silences).toBeLessThanOrEqual(2);
      expect(foundAfter(times)).toBeCloseTo(silentCadences * b, 1);
    },
  );

  it("is as patient after its state was saved", () => {
    const times = timesOf("exponential", { seed: 3, weeks: 2, isActive: workingHours });
    const { cadence } = watch(times);
    const { intervals, gaps } = JSON.parse(
      JSON.stringify({ intervals: cadence.intervals, gaps: cadence.gaps }),
    );
    const again = new Cadence(silentCadences, { intervals, gaps });
    expect(dueAt(again, times.at(-1)!)).toBe(dueAt(cadence, times.at(-1)!));
    expect(JSON.stringify(gaps).length).toBeLessThan(1000);
  });

  it("keeps its cadence through outages: one a week does not make it irregular", () => {
    const times = timesOf("regular", {
      seed: 1,
      weeks: 4,
      hours: 1 / 12,
      isActive: (at) => at < 60.01 || at > 63,
    });
    expect(foundAfter(times)).toBeCloseTo(silentCadences / 12, 1);
  });
});

const vector = (i: number) => ({ a: 5 + (i % 3) * 0.1, b: 3 + (i % 2) * 0.1, c: 1 });
const silences = (world: World): number =>
  world.opened.filter(({ kind }) => kind === "silent").length;

describe("silence in the engine", () => {
  it("is not told after a burst of ten attributions a second apart", () => {
    const world = new World().run(0, 30, vector);
    for (let k = 1; k <= 10; k++) {
      const i = 30 + k / 300;
      world.apply(rowsRecord(i, rowsAt(i, vector(k))));
    }
    world.run(31, 50, vector);
    expect(silences(world)).toBe(0);
    world.apply(tickAt(49 + silentCadences + 0.05));
    expect(silences(world)).toBe(1);
  });

  it("is told of an irregular model with the longest gap that is usual", () => {
    const world = new World();
    const times = timesOf("exponential", { seed: 5, weeks: 2, hours: 1 });
    for (const at of times) {
      const i = at / (5 * minute);
      world.apply(tickAt(i));
      world.apply(rowsRecord(i, rowsAt(i, vector(Math.round(i)))));
    }
    expect(silences(world)).toBeLessThanOrEqual(2);
    const told = silences(world);
    world.apply(tickAt(times.at(-1)! / (5 * minute) + 12 * 60));
    expect(silences(world)).toBe(told + 1);
    const { reason, score } = world.opened.at(-1)!;
    expect(reason).toMatch(/usually one every \d+m.*, with gaps of up to \dh/);
    expect(score).toBeGreaterThanOrEqual(1);
  });

  it("is told 3¼ cadences after the last row by a state that knew nothing of longer gaps", () => {
    const world = new World().run(0, 60, vector);
    const [saved] = world.engine.takeDirty(1e9);
    const again = new World();
    again.engine.restore(saved!.model, { state: withoutGaps(saved!.state), appliedThrough: -1 });
    again.apply(tickAt(59 + silentCadences - 0.1));
    expect(silences(again)).toBe(0);
    again.apply(tickAt(59 + silentCadences + 0.1));
    expect(silences(again)).toBe(1);
  });
});

/** The state as an older version saved it. */
function withoutGaps(state: Uint8Array): Uint8Array {
  const bytes = Buffer.from(state);
  const end = 4 + bytes.readUInt32LE(0);
  const { facts, ...header } = JSON.parse(bytes.toString("utf8", 4, end));
  const { gaps, ...older } = facts;
  expect(gaps).toBeDefined();
  const text = Buffer.from(JSON.stringify({ ...header, facts: older }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text, bytes.subarray(end)]);
}
