/**
 * The counters of half-space trees: how many vectors reached each leaf, in the current window and in the last full
 * one.
 */
import type { TreeShape } from "./tree-shape.ts";

export interface MassesOptions {
  readonly nTrees: number;
  readonly height: number;
  readonly windowSize: number;
}

/** The path of a vector through the trees. */
export interface Walk {
  /** Whether some value is missing (NaN). */
  readonly gaps: boolean;
  /** Receives the leaf of each tree; may be longer. */
  leaves: Int32Array;
  /** Receives the last window's mass around the vector, 0 < mass ≤ 1 once there is such a window. */
  mass: number;
}

type Counters = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** River's limit: a node with less than this fraction of the window's vectors ends the path that counts. */
const SIZE_LIMIT = 0.1;

/** Trees that are walked together: while one waits for memory, the others continue. */
const LANES = 5;

/** Vectors in all leaves before each, while a window is closed. Working space, never state. */
let before = new Int32Array(0);

/**
 * River's masses, walked without allocation, kept in the detector's own bytes.
 *
 * Vectors are counted only in the leaves. At the end of a window, the counts of inner nodes are computed from them, and
 * then the weight of the path to each leaf. So scoring and learning need only the leaves of a vector.
 *
 * Memory: two counters a leaf, one up to windowSize, one up to windowSize·(2^height − 1), of 1, 2, 4 or 8 bytes.
 * Time: nTrees·height comparisons a walk, and where a value is missing as many additions as there are leaves below; at
 * the end of a window a few steps a leaf.
 */
export class HalfSpaceMasses {
  readonly #shape: TreeShape;
  readonly #nTrees: number;
  readonly #height: number;
  /** Inner nodes of all trees: the place of the first leaf. */
  readonly #inner: number;
  readonly #windowSize: number;
  /** Vectors in a node that ends a path, at most. */
  readonly #mostSmall: number;
  /** Half of the mass below the root on the path to each leaf. All terms of the mass are even. */
  readonly #paths: Counters;
  /** Vectors of the current window in each leaf. */
  readonly #latest: Counters;

  /** Bytes of the counters, a multiple of 8. */
  static bytes(options: MassesOptions): number {
    const { path, vectors, leaves } = layout(options);
    return Math.ceil((leaves * (path + vectors)) / 8) * 8;
  }

  /** @param bytes zeroed or saved earlier, 8-byte aligned, at least `HalfSpaceMasses.bytes(options)` long */
  constructor(shape: TreeShape, options: MassesOptions, bytes: Uint8Array) {
    const { path, vectors, leaves } = layout(options);
    this.#shape = shape;
    this.#nTrees = options.nTrees;
    this.#height = options.height;
    this.#inner = leaves - options.nTrees;
    this.#windowSize = options.windowSize;
    this.#mostSmall = Math.ceil(SIZE_LIMIT * options.windowSize) - 1;
    this.#paths = counters(path, bytes, leaves);
    this.#latest = counters(vectors, bytes.subarray(leaves * path), leaves);
  }

  /** Finds the leaf of x in every tree and the mass around it. */
  walk(x: Float64Array, walk: Walk): void {
    const nTrees = this.#nTrees;
    if (walk.leaves.length < nTrees) walk.leaves = new Int32Array(nTrees);
    const { leaves, gaps } = walk;
    let below = 0;
    let tree = 0;
    if (!gaps)
      for (; tree + LANES <= nTrees; tree += LANES) below += this.#abreast(x, tree, leaves);
    for (; tree < nTrees; tree++) below += this.#alone(x, tree, leaves);
    // Every vector of the window passed the root.
    const full = nTrees * this.#windowSize;
    walk.mass = (full + 2 * below) / (full * ((2 << this.#height) - 1));
  }

  /** Counts a vector where its walk ended. */
  count({ leaves }: Walk): void {
    const latest = this.#latest;
    const nTrees = this.#nTrees;
    for (let tree = 0; tree < nTrees; tree++) latest[leaves[tree]!]! += 1;
  }

  /** The current window becomes the reference. */
  turn(): void {
    const latest = this.#latest;
    const leaves = latest.length;
    if (before.length <= leaves) before = new Int32Array(leaves + 1);
    let sum = 0;
    for (let leaf = 0; leaf < leaves; leaf++) {
      before[leaf] = sum;
      sum += latest[leaf]!;
    }
    before[leaves] = sum;
    for (let place = 0; place < 2 * this.#nTrees; place++) this.#weigh(place, 1, 0);
    latest.fill(0);
  }

  /**
   * Computes the mass of all paths through the node at that place of its level. `mass` is their mass above the node.
   */
  #weigh(place: number, level: number, mass: number): void {
    const width = 1 << (this.#height - level);
    const first = place * width;
    const vectors = before[first + width]! - before[first]!;
    const here = mass + vectors * (1 << (level - 1));
    if (vectors > this.#mostSmall && level < this.#height) {
      this.#weigh(2 * place, level + 1, here);
      this.#weigh(2 * place + 1, level + 1, here);
    } else {
      const paths = this.#paths;
      for (let leaf = first; leaf < first + width; leaf++) paths[leaf] = here;
    }
  }

  /**
   * Walks {@link LANES} trees one level at a time, without a branch that depends on x. The processor cannot predict
   * such a branch, and a wrong prediction costs as much as ten comparisons.
   */
  #abreast(x: Float64Array, tree: number, leaves: Int32Array): number {
    const { slots, thresholds } = this.#shape;
    const paths = this.#paths;
    const nTrees = this.#nTrees;
    const inner = this.#inner;
    let a = tree;
    let b = tree + 1;
    let c = tree + 2;
    let d = tree + 3;
    let e = tree + 4;
    while (a < inner) {
      // `| 0` keeps them 32-bit integers, which need no check for overflow.
      a = (2 * a + nTrees + Number(x[slots[a]!]! >= thresholds[a]!)) | 0;
      b = (2 * b + nTrees + Number(x[slots[b]!]! >= thresholds[b]!)) | 0;
      c = (2 * c + nTrees + Number(x[slots[c]!]! >= thresholds[c]!)) | 0;
      d = (2 * d + nTrees + Number(x[slots[d]!]! >= thresholds[d]!)) | 0;
      e = (2 * e + nTrees + Number(x[slots[e]!]! >= thresholds[e]!)) | 0;
    }
    a -= inner;
    b -= inner;
    c -= inner;
    d -= inner;
    e -= inner;
    leaves[tree] = a;
    leaves[tree + 1] = b;
    leaves[tree + 2] = c;
    leaves[tree + 3] = d;
    leaves[tree + 4] = e;
    return paths[a]! + paths[b]! + paths[c]! + paths[d]! + paths[e]!;
  }

  /**
   * Walks one tree. If the value is missing, it takes the child with more vectors in this window; the left one if
   * equal.
   */
  #alone(x: Float64Array, tree: number, leaves: Int32Array): number {
    const { slots, thresholds } = this.#shape;
    let place = tree;
    for (let level = 0; level < this.#height; level++) {
      const node = this.#nTrees * ((1 << level) - 1) + place;
      const value = x[slots[node]!]!;
      const right = Number.isNaN(value)
        ? this.#below(2 * place, level + 1) < this.#below(2 * place + 1, level + 1)
        : value >= thresholds[node]!;
      place = 2 * place + Number(right);
    }
    leaves[tree] = place;
    return this.#paths[place]!;
  }

  /** Vectors of the current window below the node at that place of its level. */
  #below(place: number, level: number): number {
    const width = 1 << (this.#height - level);
    let sum = 0;
    for (let leaf = place * width; leaf < (place + 1) * width; leaf++) sum += this.#latest[leaf]!;
    return sum;
  }
}

function layout({ nTrees, height, windowSize }: MassesOptions) {
  return {
    leaves: nTrees << height,
    path: counterBytes(windowSize * ((1 << height) - 1)),
    vectors: counterBytes(windowSize),
  };
}

function counterBytes(most: number): 1 | 2 | 4 | 8 {
  if (most <= 0xff) return 1;
  if (most <= 0xffff) return 2;
  return most <= 0xffff_ffff ? 4 : 8;
}

function counters(
  width: 1 | 2 | 4 | 8,
  { buffer, byteOffset }: Uint8Array,
  length: number,
): Counters {
  if (width === 1) return new Uint8Array(buffer, byteOffset, length);
  if (width === 2) return new Uint16Array(buffer, byteOffset, length);
  if (width === 4) return new Uint32Array(buffer, byteOffset, length);
  return new Float64Array(buffer, byteOffset, length);
}
