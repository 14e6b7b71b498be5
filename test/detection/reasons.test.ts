import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { EpisodeOpened } from "../../src/detection/event.ts";
import { type Vector, vectors, World } from "./streams.ts";

const settled = 150;

interface Change {
  readonly feature: string;
  readonly factor: number;
  /** Attributions until the whole change is there. */
  readonly ramp: number;
}

/** A stream in which one feature changes, at once or bit by bit. */
function changed(vectorOf: (i: number) => Vector, { feature, factor, ramp }: Change): World {
  return new World().run(0, settled + 120, (i) => {
    const vector = vectorOf(i);
    const part = Math.min(Math.max(i - settled, 0) / ramp, 1);
    return { ...vector, [feature]: vector[feature]! * (1 + (factor - 1) * part) };
  });
}

const quoted = /(fell|rose) to (\S+).*, expected (\S+) to ([^\s:]+)/;

interface Quote {
  readonly verb: string;
  readonly observed: number;
  readonly low: number;
  readonly high: number;
}

/** The figures in a reason; undefined when it names no band. */
function quote({ reason }: EpisodeOpened): Quote | undefined {
  const [, verb = "", ...figures] = quoted.exec(reason) ?? [];
  const [observed = Number.NaN, low = Number.NaN, high = Number.NaN] = figures.map(Number);
  return verb === "" ? undefined : { verb, observed, low, high };
}

function contradictions(opened: readonly EpisodeOpened[]): readonly string[] {
  return opened
    .filter((episode) => {
      const said = quote(episode);
      if (said === undefined) return episode.kind === "shift" || episode.kind === "leak";
      const beyond = said.verb === "fell" ? said.observed < said.low : said.observed > said.high;
      return !beyond || said.low > said.high;
    })
    .map(({ reason }) => reason);
}

const changes = fc.record({
  seed: fc.integer({ min: 0, max: 1000 }),
  feature: fc.constantFrom("f0", "f1", "f4", "f9"),
  factor: fc.oneof(
    fc.double({ min: 0, max: 0.9, noNaN: true }),
    fc.double({ min: 1.1, max: 40, noNaN: true }),
  ),
  ramp: fc.constantFrom(1, 5, 20, 100),
  noise: fc.constantFrom(0.001, 0.02, 0.08, 0.3),
});

describe("the reason of an episode", () => {
  test.prop([changes], { numRuns: 60 })(
    "names a value that lies outside the band it names, on the side it says",
    ({ seed, noise, ...change }) => {
      expect(
        contradictions(
          changed(
            vectors(seed, () => noise),
            change,
          ).opened,
        ),
      ).toEqual([]);
    },
  );

  test.prop([changes], { numRuns: 30 })(
    "does so for a single series in its own unit",
    ({ seed, noise, factor, ramp }) => {
      const vectorOf = vectors(seed, () => noise);
      const one = (i: number) => ({ load: 100 * vectorOf(i)["f0"]! });
      expect(contradictions(changed(one, { feature: "load", factor, ramp }).opened)).toEqual([]);
    },
  );

  it("speaks of the mean where it is the mean that is beyond its band", () => {
    const seeds = Array.from({ length: 10 }, (_, seed) => seed);
    const change = { feature: "f1", factor: 0.75, ramp: 1 };
    const reasons = seeds.flatMap((seed) =>
      changed(vectors(seed), change).opened.map(({ reason }) => reason),
    );
    expect(reasons).toContainEqual(
      expect.stringMatching(
        /^f1 fell to \S+ % of the model's attention on average over (3|10|30) attributions, expected \S+ to \S+ %: /,
      ),
    );
  });

  it("never gives a feature that explodes more than the whole attention", () => {
    const change = { feature: "f9", factor: 40, ramp: 1 };
    const [opened] = changed(vectors(1), change).opened;
    expect(opened?.kind).toBe("leak");
    expect(quote(opened!)?.observed).toBeGreaterThan(40);
    expect(quote(opened!)?.observed).toBeLessThan(100);
    expect(opened?.features[0]?.after).toBeLessThan(1);
  });
});
