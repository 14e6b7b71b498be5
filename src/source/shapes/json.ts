/** JSON: one row an attribution. A json or jsonb column holds an object from feature to number. */
import { maxObjectLength, type SourceDropReason } from "../drop-reasons.ts";
import { type Importance, importanceOf, type Shape } from "./shape.ts";

export interface JsonColumns {
  readonly values: string;
}

/** With the longest objects a page has about eight million characters. */
const pageRows = 64;

export const jsonShape = ({ values }: JsonColumns): Shape => ({
  columns: [{ key: "values", name: values }],
  hasPlaces: true,
  cells: (textOf) => ({ name: "''::text", value: textOf(values, maxObjectLength + 1) }),
  pageRows: (configured) => Math.min(configured, pageRows),
  read: (_name, value) => importancesOfObject(value),
});

/**
 * The importances of an object, in the order in which JavaScript lists its keys. That order follows from the text alone.
 * NULL, a nested object and text that is no number become NaN, as NULL does in a long table.
 */
export function importancesOfObject(text: string | null): readonly Importance[] | SourceDropReason {
  if (text === null) return "no_values";
  if (text.length > maxObjectLength) return "long_object";
  const object = objectIn(text);
  if (object === undefined) return "not_an_object";
  const found = Object.entries(object).map(
    ([feature, value], place): Importance => ({ feature, importance: numberOf(value), place }),
  );
  return found.length === 0 ? "no_values" : found;
}

/** The object that a text of JSON holds; undefined for anything else. */
export function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" ? importanceOf(value) : Number.NaN;
}
