/**
 * Working space for the numbers that a chart computes from one vector before it judges or learns the vector. All charts
 * share it and overwrite it, so it holds no state.
 */

/** One number a feature in each array. */
interface Numbers {
  /** The vector itself, to check whether a vector is the same. */
  readonly x: Float64Array;
  /** Level and seasonal offset of the hour. */
  readonly expected: Float64Array;
  /** Least deviation that counts, squared. */
  readonly floor: Float64Array;
  /** Distance at which a residual is clipped. */
  readonly most: Float64Array;
  /** How far the value is from what is expected, over the hour's noise; NaN where there is none. */
  readonly distance: Float64Array;
  /** The same, clipped. */
  readonly residual: Float64Array;
  /** `residual` / √(deviation² + `floor`); 0 for a feature that is absent or mostly zero. */
  readonly z: Float64Array;
  /** `floor` over the squared deviation. */
  readonly floors: Float64Array;
  /** Observations of the feature with this one; 0 for an absent or a mostly zero feature. */
  readonly ages: Float64Array;
  /** 1 for a feature whose noise exceeds its level, so it often changes its sign. */
  readonly noisy: Uint8Array;
  /** The part of `z` that the other features do not explain, once {@link ObservedVector.isGiven}. */
  readonly u: Float64Array;
  /** Of each feature the largest mean², over its boundary². */
  readonly squares: Float64Array;
}

export interface ObservedVector extends Numbers {
  /** The chart that owns the numbers, and how often it had learned. They are valid until it learns again. */
  owner: object | undefined;
  revision: number;
  at: number | undefined;
  isGiven: boolean;
  /** Whether some value was unusual, but is usual at this hour of the week. */
  isWeekly: boolean;
}

const numbers = (n: number): Numbers => ({
  x: new Float64Array(n),
  expected: new Float64Array(n),
  floor: new Float64Array(n),
  most: new Float64Array(n),
  distance: new Float64Array(n),
  residual: new Float64Array(n),
  z: new Float64Array(n),
  floors: new Float64Array(n),
  ages: new Float64Array(n),
  noisy: new Uint8Array(n),
  u: new Float64Array(n),
  squares: new Float64Array(n),
});

const nobodys = { owner: undefined, revision: 0, at: undefined, isGiven: false, isWeekly: false };

let shared: ObservedVector = { ...numbers(64), ...nobodys };

/** @returns the one working space, with room for at least this many features */
export function observedVector(nFeatures: number): ObservedVector {
  if (shared.x.length < nFeatures) shared = { ...numbers(2 * nFeatures), ...nobodys };
  return shared;
}

/** Whether the space holds the owner's numbers of this very vector, with nothing learned since. */
export function isObserved(
  seen: ObservedVector,
  x: Float64Array,
  { owner, revision, at }: Pick<ObservedVector, "owner" | "revision" | "at">,
): boolean {
  if (seen.owner !== owner || seen.revision !== revision || seen.at !== at) return false;
  const known = seen.x;
  for (let i = 0; i < x.length; i++) {
    // Object.is would be a call. It differs only for 0 and -0, which have the same residuals.
    const before = known[i]!;
    const now = x[i]!;
    if (before !== now && (!Number.isNaN(before) || !Number.isNaN(now))) return false;
  }
  return true;
}
