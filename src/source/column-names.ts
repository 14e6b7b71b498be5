/** Usual names of the columns of a source, and the columns of a table that fit each role. */
import { numberTypes, textTypes, timestampTypes } from "./column-types.ts";
import type { SourceColumn } from "./layout.ts";

/** What a column holds. */
export type ColumnRole = "timestamp" | "model" | "feature" | "importance";

/** The most usual name first. Case is ignored. */
export const usualNames: Readonly<Record<ColumnRole, readonly string[]>> = {
  timestamp: [
    "timestamp",
    "ts",
    "time",
    "datetime",
    "date_time",
    "created_at",
    "event_time",
    "date",
  ],
  model: ["model", "model_name", "model_id"],
  feature: ["feature", "feature_name", "variable"],
  importance: [
    "importance",
    "importance_value",
    "feature_importance",
    "value",
    "shap_value",
    "shap",
  ],
};

interface TypeSet {
  has(type: string): boolean;
}
/**
 * Roles in the order in which columns are chosen. Model and feature are both text, so the model is chosen first, by
 * name.
 */
const typesOf: readonly (readonly [ColumnRole, TypeSet])[] = [
  ["timestamp", new Set<string>(timestampTypes)],
  ["importance", numberTypes],
  ["model", textTypes],
  ["feature", textTypes],
];

/**
 * Proposes a column for each role: the one with a usual name, else the only one of a fitting type. The model's column
 * is proposed only by its name, because a source may have no such column.
 */
export function proposedColumns(
  available: readonly SourceColumn[],
): Readonly<Partial<Record<ColumnRole, string>>> {
  const proposed: Partial<Record<ColumnRole, string>> = {};
  for (const [role, types] of typesOf) {
    const taken = Object.values(proposed);
    const fitting = available
      .filter(({ name, type }) => types.has(type) && !taken.includes(name))
      .map(({ name }) => name);
    const usual = fitting.find((name) => usualNames[role].includes(name.toLowerCase()));
    const only = fitting.length === 1 && role !== "model" ? fitting[0] : undefined;
    const column = usual ?? only;
    if (column !== undefined) proposed[role] = column;
  }
  return proposed;
}
