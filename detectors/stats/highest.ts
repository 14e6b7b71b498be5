/** The highest score of a vector. */

/** @returns undefined where no feature has one */
export function highestOf(featureScores: Float64Array): number | undefined {
  let highest = -1;
  for (const score of featureScores) if (score > highest) highest = score;
  return highest < 0 ? undefined : highest;
}
