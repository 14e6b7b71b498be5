/** The weighted median by selection: linear, in place, without allocation. */

interface Range {
  readonly values: Float64Array;
  readonly weights: Float64Array;
  readonly low: number;
  readonly high: number;
}

/** Result of the last call of {@link partition}: weights of the values below the pivot, and of those equal to it. */
const part = { lower: 0, equal: 0 };

/**
 * The smallest value that has, together with all smaller values, at least half of the weight.
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
    const pivot = medianOf(values[low]!, values[(low + high) >> 1]!, values[high]!);
    const begin = partition({ values, weights, low, high }, pivot);
    const { lower, equal } = part;
    if (target <= lower) {
      high = begin - 1;
    } else if (target <= lower + equal) {
      return pivot;
    } else {
      const isLeast = begin === low;
      target -= isLeast ? equal : lower;
      low = isLeast ? skipEqual({ values, weights, low, high }, pivot) : begin;
      // Rounding may make the sums of the weights differ in the last bit.
      if (low > high) return pivot;
    }
  }
  return values[low]!;
}

/**
 * Moves values below the pivot to the front. No branch depends on a value: the processor cannot predict its side of the
 * pivot, and a wrong prediction costs as much as ten comparisons.
 *
 * Source: the partition of Lomuto in Bentley 1986, "Programming Pearls", column 10.
 *
 * @returns index of the first value that is not below the pivot
 */
function partition({ values, weights, low, high }: Range, pivot: number): number {
  let lower = 0;
  let equal = 0;
  let begin = low;
  for (let i = low; i <= high; i++) {
    const value = values[i]!;
    const weight = weights[i]!;
    values[i] = values[begin]!;
    weights[i] = weights[begin]!;
    values[begin] = value;
    weights[begin] = weight;
    const isBelow = Number(value < pivot);
    lower += weight * isBelow;
    equal += weight * Number(value === pivot);
    begin = (begin + isBelow) | 0;
  }
  part.lower = lower;
  part.equal = equal;
  return begin;
}

/** Moves values equal to the pivot to the front, where no value is below it. @returns index after them */
function skipEqual({ values, weights, low, high }: Range, pivot: number): number {
  let begin = low;
  for (let i = low; i <= high; i++) {
    const value = values[i]!;
    if (value !== pivot) continue;
    const weight = weights[i]!;
    values[i] = values[begin]!;
    weights[i] = weights[begin]!;
    values[begin] = value;
    weights[begin++] = weight;
  }
  return begin;
}

const medianOf = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
