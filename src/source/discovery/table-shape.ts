/** The forms in which a table may hold importances, and functions that rate the names of its columns. Pure. */

export type TableShape =
  | { readonly form: "long"; readonly feature: string; readonly importance: string }
  | { readonly form: "wide"; readonly features: readonly string[] }
  | { readonly form: "object"; readonly values: string };

export interface FoundShape {
  readonly shape: TableShape;
  /** How well it fits, ≥ 0. */
  readonly score: number;
  readonly reason: string;
  /** Columns of numbers that are not read as features. */
  readonly leftOut: readonly string[];
}

/** A column, and how well it fits a role. */
export interface RatedColumn {
  readonly name: string;
  readonly score: number;
}

/** The one with the highest score; undefined if there is none. */
export const best = <T extends { readonly score: number }>(all: readonly T[]): T | undefined =>
  all.toSorted((a, b) => b.score - a.score)[0];

/** How well a name fits a role: 2 if it is a usual name, 1 if it contains a word of the role, 0 otherwise. */
export function nameStrength(name: string, usual: readonly string[], word: RegExp): number {
  if (usual.includes(name.toLowerCase())) return 2;
  return word.test(name) ? 1 : 0;
}

/** Names of columns of numbers that occur beside features and are not features. */
export const notFeature =
  /(_id|(^|_)version|(^|_)(base|expected)(_value)?|(^|_)(prediction|predicted|latency|latency_ms|n_samples|n_rows))$|^(id|count|num|n|rows|samples|total|score|pred|label|target|y|y_hat|duration|intercept|bias|probability|proba|prob|batch|seq|epoch|row_number)$/i;
