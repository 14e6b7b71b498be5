import { describe, expect, test } from "vitest";
import { pythonRandom } from "../../../detectors/stats/mt19937.ts";

/** From CPython 3: random.Random(seed).random(), the first value and the thousandth. */
const values: readonly (readonly [seed: number, first: number, thousandth: number])[] = [
  [0, 0.8444218515250481, 0.4804125346981437],
  [1, 0.13436424411240122, 0.7062615472551386],
  [-7, 0.32383276483316237, 0.37786262968738116],
  [4_294_967_295, 0.6353574441341173, 0.3214643568909129],
  [4_294_967_296, 0.11299430095636409, 0.04156870367167198],
  [1_099_511_640_121, 0.31036222241287226, 0.1891573713740673],
  [Number.MAX_SAFE_INTEGER, 0.09425040007102303, 0.8922787796807302],
];

describe("pythonRandom", () => {
  test.each(values)("repeats random.Random(%d)", (seed, first, thousandth) => {
    const random = pythonRandom(seed);
    expect(random()).toBe(first);
    for (let call = 2; call < 1000; call++) random();
    expect(random()).toBe(thousandth);
  });

  test("gives the number of its example", () => {
    expect(pythonRandom(42)()).toBe(0.6394267984578837);
  });
});
