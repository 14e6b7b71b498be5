/**
 * Finds how a table holds importances: a row for each, a column for each feature, or an object of features. Pure.
 */
import type { ColumnView } from "./facts.ts";
import { foundLong } from "./long-shape.ts";
import { foundObject } from "./object-shape.ts";
import type { FoundShape } from "./table-shape.ts";
import { foundWide } from "./wide-shape.ts";

/** The forms in which the columns can be read, the best first. @param views columns without the time */
export function tableShapes(views: readonly ColumnView[]): readonly FoundShape[] {
  const found = [foundLong(views), foundObject(views), foundWide(views)];
  return found.filter((shape) => shape !== undefined).toSorted((a, b) => b.score - a.score);
}
