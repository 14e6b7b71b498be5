/** Long: one row an importance. A column names the feature, another one holds the number. */
import { maxNameBytes } from "../drop-reasons.ts";
import { importanceOf, maxNumberLength, type Shape } from "./shape.ts";

export interface LongColumns {
  readonly feature: string;
  readonly importance: string;
}

export const longShape = ({ feature, importance }: LongColumns): Shape => ({
  columns: [
    { key: "feature", name: feature },
    { key: "importance", name: importance },
  ],
  hasPlaces: false,
  cells: (textOf) => ({
    name: textOf(feature, maxNameBytes.feature + 1),
    value: textOf(importance, maxNumberLength),
  }),
  pageRows: (configured) => configured,
  read: (name, value) => [{ feature: name, importance: importanceOf(value) }],
});
