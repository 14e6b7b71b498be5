import { describe, expect, it } from "vitest";
import { indexOf, random, type Vector, vectors, World } from "./streams.ts";

const settled = 300;

/** Large importances below zero, small and noisy ones above. */
function signed(seed: number): (i: number) => Vector {
  const uniform = random(seed);
  return () =>
    Object.fromEntries(
      Array.from({ length: 10 }, (_, k) =>
        k < 6
          ? [`f${k}`, -Math.exp(-0.2 * k) * (1 + 0.05 * (uniform() - 0.5))]
          : [`f${k}`, 0.01 * (1 + 1.6 * (uniform() - 0.5))],
      ),
    );
}

describe("the common scale", () => {
  it.each([1, 2, 3])(
    "of a model with large negative importances is theirs too (seed %d)",
    (seed) => {
      const vectorOf = signed(seed);
      // The few above zero fall by a third together: a small part of the whole, that nobody else has to pay for.
      const world = new World().run(0, settled + 40, (i) => {
        const vector = vectorOf(i);
        if (i < settled) return vector;
        return Object.fromEntries(
          Object.entries(vector).map(([name, value]) => [name, value > 0 ? value / 3 : value]),
        );
      });
      const blamed = world.opened.flatMap(({ features }) => features.map(({ feature }) => feature));
      expect(blamed.filter((feature) => feature < "f6")).toEqual([]);
    },
  );

  it("is that of the quiet features, where two large and noisy ones rise together", () => {
    const uniform = random(4);
    const quiet = () => 0.05 * (1 + 0.05 * (uniform() - 0.5));
    const world = new World().run(0, settled + 20, (i) => {
      const rise = i < settled ? 1 : 2.5;
      const noisy = () => rise * (1 + 0.6 * (uniform() - 0.5));
      const others = Array.from({ length: 7 }, (_, k) => [`quiet${k}`, quiet()]);
      return { large: 0.35 * noisy(), second: 0.3 * noisy(), ...Object.fromEntries(others) };
    });
    const blamed = world.opened.flatMap(({ features }) => features.map(({ feature }) => feature));
    expect(blamed.toSorted()).toEqual(["large", "second"]);
  });

  it("is not bent by a large new feature that goes again", () => {
    const vectorOf = vectors(5);
    const world = new World().run(0, settled + 60, (i) => {
      const vector = vectorOf(i);
      return i >= settled && i < settled + 20 ? { ...vector, leaked: 2 } : vector;
    });
    expect(world.opened.map(({ kind, at }) => [kind, indexOf(at)])).toEqual([
      ["new_feature", settled + 1],
    ]);
    expect(world.closed).toEqual(["recovered"]);
  });
});
