import { describe, expect, it } from "vitest";
import { deviateOf, frequenciesOf, learnFrequencies } from "../../../detectors/stats/sparse.ts";

const most = 4;

/** A series of which four in ten values are not zero, then so many zeros. */
function withZeros(zeros: number): Float32Array {
  const series = new Float32Array(3);
  for (let i = 0; i < 500 + zeros; i++) {
    series[2] = i + 1;
    const value = i < 500 && i % 5 < 2 ? 1 : 0;
    learnFrequencies(series, Float64Array.of(value), { at: 0, count: 2, stride: 3 });
  }
  return series;
}

describe("the band of frequencies", () => {
  it.each([0, 90])(
    "holds the newest frequency exactly when its deviate is small, after %i zeros",
    (zeros) => {
      const series = withZeros(zeros);
      const coming = { value: 0, n: 500 };
      const { observed, low, high, expected } = frequenciesOf(series, 0, { ...coming, most });
      expect(observed >= low && observed <= high).toBe(deviateOf(series, 0, coming) <= most);
      expect(low).toBeLessThan(expected);
      expect(deviateOf(series, 0, coming) > most).toBe(zeros > 0);
    },
  );
});
