/** The weighted median by selection: linear, in place, without allocation. */

interface Part {
  readonly lower: number;
  readonly equal: number;
  readonly ltEnd: number;
  readonly gtStart: number;
}

const part = { lower: 0, equal: 0, ltEnd: 0, gtStart: 0 };

/**
 * The smallest value such that it and the smaller ones carry at least half of the weight.
 *
 * @param values reordered in place; finite
 * @param weights reordered with them; ≥ 0, some above 0
 * @param n how many of both count, ≥ 1
 */
export function weightedMedian(values: Float64Array, weights: Float64Array, n: number): number {
  let target = 0;
  for (let i = 0; i < n; i++) target += weights[i]! / 2;
  let low = 0;
  let high = n - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    const { lower, equal, ltEnd, gtStart } = partition({ values, weights, low, high }, pivot);
    if (target <= lower && ltEnd > low) {
      high = ltEnd - 1;
    } else if (target <= lower + equal || gtStart > high) {
      return pivot;
    } else {
      target -= lower + equal;
      low = gtStart;
    }
  }
  return values[low]!;
}

interface Range {
  readonly values: Float64Array;
  readonly weights: Float64Array;
  readonly low: number;
  readonly high: number;
}

/** Three ways: below the pivot, equal to it, above it. */
function partition({ values, weights, low, high }: Range, pivot: number): Part {
  let below = low;
  let at = low;
  let above = high;
  let lower = 0;
  let equal = 0;
  while (at <= above) {
    const value = values[at]!;
    const weight = weights[at]!;
    if (value < pivot) {
      lower += weight;
      swap(values, at, below);
      swap(weights, at++, below++);
    } else if (value > pivot) {
      swap(values, at, above);
      swap(weights, at, above--);
    } else {
      equal += weight;
      at++;
    }
  }
  part.lower = lower;
  part.equal = equal;
  part.ltEnd = below;
  part.gtStart = above + 1;
  return part;
}

function swap(list: Float64Array, i: number, j: number): void {
  const kept = list[i]!;
  list[i] = list[j]!;
  list[j] = kept;
}
