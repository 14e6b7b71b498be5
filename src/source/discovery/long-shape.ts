/** Finds a row for each importance: a column of names of features, and one of numbers. Pure. */
import { usualNames } from "../column-names.ts";
import { type ColumnView, distinct, numericShare } from "./facts.ts";
import {
  best,
  type FoundShape,
  nameStrength,
  notFeature,
  type RatedColumn,
} from "./table-shape.ts";

const featureWord = /feat|variable|attribute|predictor|factor|column_name/i;
const importanceWord = /shap|importan|attribut|contribut|weight|gain|value/i;

/** @returns undefined if the columns do not hold importances in this form */
export function foundLong(views: readonly ColumnView[]): FoundShape | undefined {
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

function asImportance({ name, family, cells }: ColumnView): readonly RatedColumn[] {
  const strength = nameStrength(name, usualNames.importance, importanceWord);
  // A text column holds importances only if its name says so. A column of any other type never does.
  if (!ofNumbers.has(family) && (family !== "text" || strength === 0)) return [];
  if (notFeature.test(name) && strength === 0) return [];
  if (cells.length > 0 && numericShare(cells) < 0.5) return [];
  return [{ name, score: strength + (family === "float" ? 0.5 : 0) }];
}

const ofNumbers: ReadonlySet<string> = new Set(["float", "integer"]);

function asFeature({ name, family, cells }: ColumnView): readonly RatedColumn[] {
  if (family !== "text" || modelWord.test(name)) return [];
  const strength = nameStrength(name, usualNames.feature, featureWord);
  const different = distinct(cells);
  const isRepeated = cells.length === 0 || different <= Math.max(4, cells.length / 2);
  if (strength === 0 && (different < 2 || !isRepeated)) return [];
  return [{ name, score: strength + (isRepeated && different > 1 ? 0.3 : 0) }];
}

const modelWord = /model/i;
