/** Which feature each node of a half-space forest splits, and where. Depends on settings only, so models share it. */
import { pythonRandom } from "./mt19937.ts";

/** Lowest and highest value a feature is expected to take, low < high. */
export type Limits = readonly [low: number, high: number];

export interface TreeShapeOptions {
  readonly nTrees: number;
  /** Levels of splits; a tree has `height + 1` levels of nodes. */
  readonly height: number;
  readonly seed: number;
  readonly nFeatures: number;
  /** One pair a slot; undefined: every feature lives in (0, 1). */
  readonly limits: readonly Limits[] | undefined;
}

/**
 * The inner nodes of all trees, level after level: first the roots, then the children of each. The children of node i
 * are 2i + nTrees and 2i + nTrees + 1.
 */
export interface TreeShape {
  readonly slots: Uint32Array;
  readonly thresholds: Float64Array;
}

/** River's hard-coded padding: no split in the outer 15 % of a box on either side. */
const PADDING = 0.15;

const shapes = new Map<string, WeakRef<TreeShape>>();

/**
 * The shape for these settings, built at most once while anybody holds it.
 *
 * Memory: 12 bytes an inner node, 30 KB at River's defaults. Building takes O(nodes × nFeatures).
 */
export function treeShape(options: TreeShapeOptions): TreeShape {
  const key = JSON.stringify(options);
  const known = shapes.get(key)?.deref();
  if (known) return known;
  const shape = buildShape(options);
  shapes.set(key, new WeakRef(shape));
  return shape;
}

function buildShape(options: TreeShapeOptions): TreeShape {
  const { nFeatures, nTrees } = options;
  const inner = nTrees * ((1 << options.height) - 1);
  const shape = {
    slots: new Uint32Array(inner),
    thresholds: new Float64Array(inner),
  };
  const box = {
    low: new Float64Array(nFeatures),
    high: new Float64Array(nFeatures),
  };
  for (let slot = 0; slot < nFeatures; slot++) {
    [box.low[slot], box.high[slot]] = options.limits?.[slot] ?? [0, 1];
  }
  const random = pythonRandom(options.seed);
  // River draws while it descends, left before right: the order of the draws is part of the result.
  const split = (node: number): void => {
    if (node >= inner) return;
    const slot = widestByChance(box, random);
    const low = box.low[slot]!;
    const high = box.high[slot]!;
    const from = low + PADDING * (high - low);
    const to = high - PADDING * (high - low);
    const threshold = from + (to - from) * random();
    shape.slots[node] = slot;
    shape.thresholds[node] = threshold;
    box.high[slot] = threshold;
    split(2 * node + nTrees);
    box.high[slot] = high;
    box.low[slot] = threshold;
    split(2 * node + nTrees + 1);
    box.low[slot] = low;
  };
  for (let tree = 0; tree < nTrees; tree++) split(tree);
  return shape;
}

/**
 * `random.choices(features, weights = widths)`: a feature is split with a probability in proportion to the width of its
 * box.
 */
function widestByChance(
  box: { low: Float64Array; high: Float64Array },
  random: () => number,
): number {
  const last = box.low.length - 1;
  const width = (slot: number): number => box.high[slot]! - box.low[slot]!;
  let total = 0;
  for (let slot = 0; slot <= last; slot++) total += width(slot);
  const drawn = random() * total;
  let slot = 0;
  for (let sum = width(0); slot < last && drawn >= sum; sum += width(slot)) slot++;
  return slot;
}
