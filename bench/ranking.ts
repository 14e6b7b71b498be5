/** Measures how well scores separate anomalous rows from the others. */

/**
 * The exact area under the ROC curve: the chance that an anomalous row scores above a normal one, ties counting half.
 *
 * Source: Mann and Whitney, 1947, by mean ranks. Time O(n log n).
 *
 * @returns 0..1; NaN when either class is empty
 */
export function rankAuc(scores: Float64Array, anomalous: Uint8Array): number {
  const order = Float64Array.from(scores.keys()).toSorted((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0;
  let positives = 0;
  for (let from = 0; from < order.length; ) {
    const score = scores[order[from]!];
    let to = from;
    let tied = 0;
    while (to < order.length && scores[order[to]!] === score) tied += anomalous[order[to++]!]!;
    // Ranks count from 1, so those of the tie are from + 1 to `to`.
    rankSum += (tied * (from + 1 + to)) / 2;
    positives += tied;
    from = to;
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
