/** The highest score of a vector. */

/** @returns undefined where no feature has one */
export function highestOf(featureScores: Float64Array): number | undefined {
  let highest = -1;
  for (let i = 0; i < featureScores.length; i++) {
    if (featureScores[i]! > highest) highest = featureScores[i]!;
  }
  return highest < 0 ? undefined : highest;
}
