/**
 * Finds how a table holds importances: a row for each, a column for each feature, or an object of features. Pure.
 */
import { usualNames } from "../column-names.ts";
import { objectIn } from "../shapes/json.ts";
import { type ColumnView, distinct, numberOf, numericShare } from "./facts.ts";

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

/** The forms in which the columns can be read, the best first. @param views columns without the time */
export function tableShapes(views: readonly ColumnView[]): readonly FoundShape[] {
  const found = [longShape(views), objectShape(views), wideShape(views)];
  return found.filter((shape) => shape !== undefined).toSorted((a, b) => b.score - a.score);
}

const featureWord = /feat|variable|attribute|predictor|factor|column_name/i;
const importanceWord = /shap|importan|attribut|contribut|weight|gain|value/i;

/** How well a name fits a role: 2 if it is a usual name, 1 if it contains a word of the role, 0 otherwise. */
function nameStrength(name: string, usual: readonly string[], word: RegExp): number {
  if (usual.includes(name.toLowerCase())) return 2;
  return word.test(name) ? 1 : 0;
}

const best = <T extends { readonly score: number }>(all: readonly T[]): T | undefined =>
  all.toSorted((a, b) => b.score - a.score)[0];

function longShape(views: readonly ColumnView[]): FoundShape | undefined {
  const importance = best(views.flatMap(asImportance));
  const feature = best(
    views.filter(({ name }) => name !== importance?.name).flatMap((view) => asFeature(view)),
  );
  if (importance === undefined || feature === undefined) return undefined;
  // If there are several columns of numbers, a text column whose name does not say "feature" names the row.
  const floats = views.filter(({ family }) => family === "float").length;
  if (feature.score < 1 && floats > 1) return undefined;
  return {
    shape: { form: "long", feature: feature.name, importance: importance.name },
    score: 20 + 14 * feature.score + 8 * importance.score,
    reason: "a row for each importance",
    leftOut: [],
  };
}

interface Rated {
  readonly name: string;
  readonly score: number;
}

function asImportance({ name, family, cells }: ColumnView): readonly Rated[] {
  const strength = nameStrength(name, usualNames.importance, importanceWord);
  // A text column holds importances only if its name says so. A column of any other type never does.
  if (!ofNumbers.has(family) && (family !== "text" || strength === 0)) return [];
  if (notFeature.test(name) && strength === 0) return [];
  if (cells.length > 0 && numericShare(cells) < 0.5) return [];
  return [{ name, score: strength + (family === "float" ? 0.5 : 0) }];
}

const ofNumbers: ReadonlySet<string> = new Set(["float", "integer"]);

function asFeature({ name, family, cells }: ColumnView): readonly Rated[] {
  if (family !== "text" || modelWord.test(name)) return [];
  const strength = nameStrength(name, usualNames.feature, featureWord);
  const different = distinct(cells);
  const isRepeated = cells.length === 0 || different <= Math.max(4, cells.length / 2);
  if (strength === 0 && (different < 2 || !isRepeated)) return [];
  return [{ name, score: strength + (isRepeated && different > 1 ? 0.3 : 0) }];
}

const modelWord = /model/i;

/** An object with a smaller share of numbers holds something other than importances. */
const leastNumeric = 0.5;

function objectShape(views: readonly ColumnView[]): FoundShape | undefined {
  const rated = views.flatMap(({ name, family, cells }) => {
    if (family !== "json") return [];
    const named = nameStrength(name, usualNames.importance, objectWord);
    const numeric = numericInObjects(cells);
    if (cells.length === 0 ? named === 0 : numeric < leastNumeric) return [];
    return [{ name, score: 30 + 12 * named + (cells.length === 0 ? 0 : 15) }];
  });
  const found = best(rated);
  if (found === undefined) return undefined;
  return {
    shape: { form: "object", values: found.name },
    score: found.score,
    reason: "an object of features",
    leftOut: [],
  };
}

const objectWord = /shap|importan|attribut|contribut|explain|feature|values/i;

function numericInObjects(cells: readonly (string | null)[]): number {
  const values = cells.slice(0, 50).flatMap((cell) => Object.values(objectIn(cell ?? "") ?? {}));
  const numbers = values.filter((value) => typeof value === "number").length;
  return values.length === 0 ? 0 : numbers / values.length;
}

/** Names of columns of numbers that occur beside features and are not features. */
const notFeature =
  /(_id|(^|_)version|(^|_)(base|expected)(_value)?|(^|_)(prediction|predicted|latency|latency_ms|n_samples|n_rows))$|^(id|count|num|n|rows|samples|total|score|pred|label|target|y|y_hat|duration|intercept|bias|probability|proba|prob|batch|seq|epoch|row_number)$/i;

const isFeature = ({ name, cells }: ColumnView): boolean =>
  !notFeature.test(name) && (cells.length === 0 || cells.some((cell) => cell !== null));

function wideShape(views: readonly ColumnView[]): FoundShape | undefined {
  const floats = views.filter(({ family }) => family === "float");
  const integers = views.filter(({ family }) => family === "integer").map(({ name }) => name);
  const features = floats.filter(isFeature);
  if (features.length < 2) return undefined;
  const leftOut = [
    ...floats.filter((view) => !isFeature(view)).map(({ name }) => name),
    ...integers,
  ];
  return {
    shape: { form: "wide", features: features.map(({ name }) => name) },
    score:
      22 + Math.min(20, features.length) + (isPrefixed(features) ? 12 : 0) + sizeScore(features),
    reason: `a column for each of ${features.length} features`,
    leftOut,
  };
}

/** Whether nearly all names begin with the same word of importances, such as `shap_`. */
function isPrefixed(features: readonly ColumnView[]): boolean {
  const prefixed = features.filter(({ name }) =>
    /^(shap|imp|importance|fi|attr|contrib)_/i.test(name),
  );
  return prefixed.length >= 0.8 * features.length;
}

/** Importances of one row are of one magnitude, and mostly small. Amounts and sizes are not. */
function sizeScore(features: readonly ColumnView[]): number {
  const values = features.flatMap(({ cells }) => cells.map(numberOf).filter(Number.isFinite));
  if (values.length === 0) return 0;
  const small = values.filter((value) => Math.abs(value) <= 10).length / values.length;
  return small > 0.95 ? 10 : small < 0.5 ? -12 : 0;
}
