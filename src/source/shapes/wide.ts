/** Wide: one row an attribution, a column a feature. A NULL cell means that the feature is absent. */
import type { SourceDropReason } from "../drop-reasons.ts";
import { type Importance, importanceOf, maxNumberLength, type Shape } from "./shape.ts";

export interface WideColumns {
  readonly features: readonly string[];
}

export const wideShape = ({ features }: WideColumns): Shape => ({
  columns: features.map((name) => ({ key: "features", name })),
  hasPlaces: true,
  cells: (textOf) => ({
    name: "''::text",
    value: `array_to_json(ARRAY[${features.map((name) => textOf(name, maxNumberLength)).join(", ")}])::text`,
  }),
  pageRows: (configured) => Math.max(1, Math.floor(configured / features.length)),
  read: (_name, value) => {
    const cells: readonly (string | null)[] = JSON.parse(value ?? "[]");
    return importancesOf(features, cells);
  },
});

/** @param cells in the order of the features; null or missing where the feature is absent */
function importancesOf(
  features: readonly string[],
  cells: readonly (string | null)[],
): readonly Importance[] | SourceDropReason {
  const found: Importance[] = [];
  for (const [place, feature] of features.entries()) {
    const text = cells[place] ?? null;
    if (text !== null) found.push({ feature, importance: importanceOf(text), place });
  }
  return found.length === 0 ? "no_values" : found;
}
