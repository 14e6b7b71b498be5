/** The counters of half-space trees: how many vectors passed each node, in the current and in the last whole window. */
import type { TreeShape } from "./tree-shape.ts";

export interface MassesOptions {
  readonly nTrees: number;
  readonly height: number;
  readonly windowSize: number;
}

type Counters = Uint8Array | Uint16Array | Uint32Array;

/** River's: a node with less than this fraction of the window ends the walk. */
const SIZE_LIMIT = 0.1;

/**
 * River's masses, walked without recursion or allocation, kept in the detector's own bytes.
 *
 * Memory: two counters a node of 1, 2 or 4 bytes, as windowSize fits. Time: nTrees·(height + 1) nodes a walk.
 */
export class HalfSpaceMasses {
  readonly #shape: TreeShape;
  readonly #nTrees: number;
  /** Inner nodes of a tree; all nodes of a tree. */
  readonly #inner: number;
  readonly #nodes: number;
  /** River's l_mass and r_mass, tree after tree, breadth first. */
  readonly #latest: Counters;
  readonly #reference: Counters;
  readonly #sizeLimit: number;
  readonly #fullMass: number;

  /** Bytes of the counters, a multiple of 8. */
  static bytes(options: MassesOptions): number {
    return Math.ceil((2 * countersOf(options) * counterBytes(options.windowSize)) / 8) * 8;
  }

  /** @param bytes zeroed or saved earlier, 8-byte aligned, at least `HalfSpaceMasses.bytes(options)` long */
  constructor(shape: TreeShape, options: MassesOptions, bytes: Uint8Array) {
    const length = countersOf(options);
    const width = counterBytes(options.windowSize);
    this.#shape = shape;
    this.#nTrees = options.nTrees;
    this.#inner = (1 << options.height) - 1;
    this.#nodes = (2 << options.height) - 1;
    this.#latest = counters(width, bytes, length);
    this.#reference = counters(width, bytes.subarray(length * width), length);
    this.#sizeLimit = SIZE_LIMIT * options.windowSize;
    this.#fullMass = length * options.windowSize;
  }

  /** The last window's mass around x, 0 < mass ≤ 1 once there is such a window. */
  around(x: Float64Array): number {
    const { slots, thresholds } = this.#shape;
    const reference = this.#reference;
    const inner = this.#inner;
    const nodes = this.#nodes;
    const nTrees = this.#nTrees;
    const sizeLimit = this.#sizeLimit;
    let sum = 0;
    for (let tree = 0; tree < nTrees; tree++) {
      const root = tree * nodes;
      const split = tree * inner;
      let node = 0;
      for (let weight = 1; ; weight *= 2) {
        const vectors = reference[root + node]!;
        sum += vectors * weight;
        if (vectors < sizeLimit || node >= inner) break;
        const value = x[slots[split + node]!]!;
        node = Number.isNaN(value)
          ? this.#heavier(root, node)
          : 2 * node + (value < thresholds[split + node]! ? 1 : 2);
      }
    }
    return sum / this.#fullMass;
  }

  /** Counts x in every node it passes. */
  count(x: Float64Array): void {
    const { slots, thresholds } = this.#shape;
    const latest = this.#latest;
    const inner = this.#inner;
    const nodes = this.#nodes;
    const nTrees = this.#nTrees;
    for (let tree = 0; tree < nTrees; tree++) {
      const root = tree * nodes;
      const split = tree * inner;
      let node = 0;
      while (node < inner) {
        latest[root + node]! += 1;
        const value = x[slots[split + node]!]!;
        node = Number.isNaN(value)
          ? this.#heavier(root, node)
          : 2 * node + (value < thresholds[split + node]! ? 1 : 2);
      }
      latest[root + node]! += 1;
    }
  }

  /** The current window becomes the reference. */
  turn(): void {
    this.#reference.set(this.#latest);
    this.#latest.fill(0);
  }

  /** The child that more vectors went to so far, left if as many: the way of a vector without a value. */
  #heavier(root: number, node: number): number {
    const left = 2 * node + 1;
    return this.#latest[root + left]! < this.#latest[root + left + 1]! ? left + 1 : left;
  }
}

function countersOf({ nTrees, height }: MassesOptions): number {
  return nTrees * ((2 << height) - 1);
}

/** No counter ever exceeds windowSize. */
function counterBytes(windowSize: number): 1 | 2 | 4 {
  if (windowSize <= 0xff) return 1;
  return windowSize <= 0xffff ? 2 : 4;
}

function counters(width: 1 | 2 | 4, { buffer, byteOffset }: Uint8Array, length: number): Counters {
  if (width === 1) return new Uint8Array(buffer, byteOffset, length);
  return width === 2
    ? new Uint16Array(buffer, byteOffset, length)
    : new Uint32Array(buffer, byteOffset, length);
}
