import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { distinct, inDigits } from "../../src/detection/episode/digits.ts";
import type { BlamedFeature, EpisodeOpened } from "../../src/detection/event.ts";
import { cadence, indexOf, start, tickAt, type Vector, vectors, World } from "./streams.ts";

const settled = 200;

/** What opened when the vector changed for good. */
function openedBy(change: (vector: Vector) => Vector, seed = 3): EpisodeOpened {
  const vectorOf = vectors(seed);
  const world = new World().run(0, settled + 60, (i) =>
    i < settled ? vectorOf(i) : change(vectorOf(i)),
  );
  const [opened] = world.opened;
  if (opened === undefined) throw new Error("nothing opened");
  return opened;
}

function without(feature: string): (vector: Vector) => Vector {
  return (vector) =>
    Object.fromEntries(Object.entries(vector).filter(([name]) => name !== feature));
}

/** As of a model whose features push both ways. */
const withNegative = (vector: Vector): Vector => ({ ...vector, f2: -vector["f2"]! });

/** Whether what is told of the first feature lies on the side of its band to which it is said to have moved. */
function isConsistent({ before, after, low, high }: BlamedFeature): boolean {
  if (before === undefined || after === undefined) return true;
  if (low === undefined || high === undefined) return true;
  return after < before ? after < low : after > high;
}

const factors = fc.record({
  seed: fc.nat(200),
  f0: fc.double({ min: 0, max: 30, noNaN: true }),
  f3: fc.double({ min: 0, max: 30, noNaN: true }),
});

describe("what an episode tells of a feature (FR-T4)", () => {
  test.prop([factors], { numRuns: 60 })(
    "has one number in the sentence and in the table, outside the band, on the side it moved to",
    ({ seed, f0, f3 }) => {
      const vectorOf = vectors(seed);
      const { opened } = new World().run(0, settled + 40, (i) => {
        const vector = vectorOf(i);
        if (i < settled) return vector;
        return { ...vector, f0: vector["f0"]! * f0, f3: vector["f3"]! * f3 };
      });
      for (const { features, reason } of opened) {
        const [top] = features;
        const said = /(?:fell|rose) to (\S+) % .*expected (\S+) to (\S+) %/.exec(reason);
        if (top === undefined || said === null) continue;
        expect(isConsistent(top)).toBe(true);
        const [value, low, high] = [top.after!, top.low!, top.high!].map((one) => one * 100);
        const shown = distinct({ value: value!, low: low!, high: high! });
        expect(said.slice(1).map(Number)).toEqual([shown.value, shown.low, shown.high]);
      }
    },
  );

  it("is the share that the feature has, where it alone moved", () => {
    const [top] = openedBy((vector) => ({ ...vector, f0: vector["f0"]! * 0.1 })).features;
    const usual = Array.from({ length: 10 }, (_, k) => Math.exp(-0.28 * k));
    const all = usual.reduce((sum, one) => sum + one, 0);
    expect(top?.feature).toBe("f0");
    expect(top?.before).toBeCloseTo(1 / all, 1);
    expect(top?.after).toBeCloseTo(0.1 / (all - 0.9), 1);
  });

  it("says that a sign turned instead of calling it a fall", () => {
    const vectorOf = vectors(3);
    const world = new World().run(0, settled + 40, (i) => {
      const vector = withNegative(vectorOf(i));
      return i < settled ? vector : { ...vector, f0: -vector["f0"]! };
    });
    const [opened] = world.opened;
    expect(opened?.features[0]?.feature).toBe("f0");
    expect(opened?.features[0]?.turned?.[0]).toBeCloseTo(0.25, 1);
    expect(opened?.features[0]?.turned?.[1]).toBeCloseTo(-0.3, 1);
    expect(opened?.reason).toMatch(/^f0 pushes the other way now \(\+0\.2\d → −0\.[23]\d\)/);
  });

  it("keeps a feature's own unit where it is no part of a whole", () => {
    const vectorOf = vectors(3);
    const { opened } = new World().run(0, 400, (i) => ({
      load: 100 * vectorOf(i)["f0"]! * (i < 350 ? 1 : 3),
    }));
    const top = opened[0]?.features[0];
    expect(top?.unit).toBeCloseTo(100, -1);
    expect(top!.after! * top!.unit!).toBeGreaterThan(200);
  });
});

describe("when an episode began", () => {
  it("is told by the last normal and the first abnormal attribution", () => {
    const { onset, at } = openedBy((vector) => ({ ...vector, f0: vector["f0"]! * 0.1 }));
    expect(indexOf(onset!.lastNormal!)).toBe(settled - 1);
    expect(indexOf(onset!.from)).toBe(settled);
    expect(indexOf(at)).toBe(settled + 1);
    expect(onset).toMatchObject({ crossed: 2, of: 3 });
  });

  it("is told of a missing feature and of a frozen exporter", () => {
    const missing = openedBy(without("f0"));
    expect(missing.kind).toBe("feature_missing");
    expect(indexOf(missing.onset!.lastNormal!)).toBe(settled - 1);
    const fixed = vectors(3)(0);
    const frozen = openedBy(() => fixed);
    expect(frozen.kind).toBe("frozen");
    expect(indexOf(frozen.onset!.from)).toBe(settled + 1);
  });

  it("of silence is the last row, and when the next one was due", () => {
    const world = new World().run(0, settled, vectors(3));
    world.apply(tickAt(settled + 4));
    const [opened] = world.opened;
    expect(opened?.kind).toBe("silent");
    expect(opened?.onset).toEqual({
      lastNormal: start + (settled - 1) * cadence,
      from: start + settled * cadence,
    });
  });
});

describe("digits", () => {
  it("are two, or as many as show on which side of its band a value lies", () => {
    expect(inDigits(31.24)).toBe(31);
    expect(inDigits(0.04872)).toBe(0.049);
    const near = { value: 15.96, low: 13.7, high: 15.95 };
    expect(distinct(near)).toEqual({ value: 16, low: 13.7, high: 15.9 });
    expect(distinct({ value: 4.87, low: 23.1, high: 38.7 })).toEqual({
      value: 4.9,
      low: 23,
      high: 39,
    });
  });
});
