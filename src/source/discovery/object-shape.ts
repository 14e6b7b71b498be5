/** Finds a column of JSON objects from feature to number. Pure. */
import { usualNames } from "../column-names.ts";
import { objectIn } from "../shapes/json.ts";
import type { ColumnView } from "./facts.ts";
import { best, type FoundShape, nameStrength } from "./table-shape.ts";

/** An object with a smaller share of numbers holds something other than importances. */
const leastNumeric = 0.5;

/** @returns undefined if the columns do not hold importances in this form */
export function foundObject(views: readonly ColumnView[]): FoundShape | undefined {
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
