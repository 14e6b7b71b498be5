/** Which shape the columns of a source have. */
import { type JsonColumns, jsonShape } from "./json.ts";
import { type LongColumns, longShape } from "./long.ts";
import type { Shape } from "./shape.ts";
import { type WideColumns, wideShape } from "./wide.ts";

export type ShapeColumns = LongColumns | WideColumns | JsonColumns;

export function shapeOf(columns: ShapeColumns): Shape {
  if ("features" in columns) return wideShape(columns);
  return "values" in columns ? jsonShape(columns) : longShape(columns);
}
