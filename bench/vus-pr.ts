/** The volume under the surface of precision and recall: how well scores stand over labelled stretches, for no threshold in particular. */

type Window = readonly [first: number, last: number];

/** Widths of the soft edges that are averaged over, rows: the paper's 0 to 100. */
const edges = Array.from({ length: 11 }, (_, i) => i * 10);

interface Labelled {
  readonly scores: Float64Array;
  /** First and last row of each labelled stretch. */
  readonly windows: readonly Window[];
}

/**
 * Range-AUC-PR with soft edges around each stretch, averaged over the widths of the edges. To find every stretch counts
 * more than to find many rows of one. A score that rises just before or after a stretch counts partly.
 *
 * Source: Paparrizos, Boniol, Palpanas, Tsay, Elmore and Franklin, 2022, "Volume Under the Surface: A New Accuracy
 * Evaluation Measure for Time-Series Anomaly Detection", PVLDB 15(11). Every distinct score is a threshold here, where
 * the authors take 250, and each tenth width.
 *
 * @returns 0..1; NaN without any labelled stretch. Time O(n log n).
 */
export function vusPr(labelled: Labelled): number {
  if (labelled.windows.length === 0) return Number.NaN;
  const { scores } = labelled;
  const order = Uint32Array.from(scores.keys()).toSorted((a, b) => scores[b]! - scores[a]!);
  const areas = edges.map((edge) => area(labelled, order, edge));
  return areas.reduce((sum, one) => sum + one, 0) / areas.length;
}

/** The area for one width of the edges. Rows are predicted one by one, highest score first. */
function area({ scores, windows }: Labelled, order: Uint32Array, edge: number): number {
  const labels = softLabels(scores.length, windows, edge);
  const stretchOf = stretches(scores.length, windows, edge);
  const positives = windows.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const found = new Set<number>();
  let hits = 0;
  let softHits = 0;
  let recall = 0;
  let sum = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    const label = labels[row]!;
    hits += label;
    if (label < 1) softHits += label;
    for (const stretch of stretchOf[row] ?? []) found.add(stretch);
    // Rows with the same score are predicted together.
    if (scores[order[i + 1]!] === scores[row]) continue;
    const before = recall;
    recall = Math.min(hits / (positives + softHits / 2), 1) * (found.size / windows.length);
    sum += Math.max(recall - before, 0) * (hits / (i + 1));
  }
  return sum;
}

/** Labels of the rows: 1 within a stretch, √(1 − distance/edge) within half an edge of it, else 0. */
function softLabels(rows: number, windows: readonly Window[], edge: number): Float64Array {
  const labels = new Float64Array(rows);
  for (const [first, last] of windows) {
    for (let row = first - (edge >> 1); row <= last + (edge >> 1); row++) {
      const distance = Math.max(first - row, row - last, 0);
      const label = distance === 0 ? 1 : Math.sqrt(1 - distance / edge);
      if (row in labels) labels[row] = Math.max(labels[row]!, label);
    }
  }
  return labels;
}

/** The stretches, with their edges, that a row belongs to. */
function stretches(
  rows: number,
  windows: readonly Window[],
  edge: number,
): readonly (readonly number[] | undefined)[] {
  const of: (number[] | undefined)[] = Array.from({ length: rows });
  for (const [stretch, [first, last]] of windows.entries()) {
    const from = Math.max(first - (edge >> 1), 0);
    const to = Math.min(last + (edge >> 1), rows - 1);
    for (let row = from; row <= to; row++) of[row] = [...(of[row] ?? []), stretch];
  }
  return of;
}
