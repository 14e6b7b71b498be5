/** Working arrays of an engine. Their content means nothing between two attributions. */

export interface Workspace {
  /** The transformed vector. */
  readonly y: Float64Array;
  /** Highest score of each feature by a deciding detector, over its widened boundary; NaN where there is none. */
  readonly scores: Float64Array;
  /** Output of one detector. */
  readonly one: Float64Array;
  readonly ratios: Float64Array;
  readonly weights: Float64Array;
}

/** One set of arrays for each size of vector, shared by all models of that size. */
export class WorkspacePool {
  readonly #bySize = new Map<number, Workspace>();

  of(nFeatures: number): Workspace {
    const known = this.#bySize.get(nFeatures);
    if (known !== undefined) return known;
    const made = {
      y: new Float64Array(nFeatures),
      scores: new Float64Array(nFeatures),
      one: new Float64Array(nFeatures),
      ratios: new Float64Array(nFeatures),
      weights: new Float64Array(nFeatures),
    };
    this.#bySize.set(nFeatures, made);
    return made;
  }
}
