/**
 * Turns documents into text for `json` columns. The type is `json`, not `jsonb`, because `json` keeps the text
 * unchanged. So documents can be compared and hashed as text.
 */
import { storableText } from "./storable.ts";

const finite = (_key: string, value: unknown): unknown => {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  return Number.isNaN(value) ? null : Math.sign(value) * Number.MAX_VALUE;
};

/** JSON has no infinity: ±Infinity becomes the largest finite number, and NaN becomes null. */
export function toJson(value: unknown): string {
  return storableText(JSON.stringify(value ?? null, finite));
}

/**
 * Whether both values have the same stored text. A replay compares its decisions with the stored decisions this way.
 */
export function sameJson(a: unknown, b: unknown): boolean {
  return toJson(a) === toJson(b);
}
