/** Makes the ids of events from decided facts such as model key and row time, so that a replay gives the same ids. */
import { createHash } from "node:crypto";

/** @returns 20 hex digits */
export function eventId(...parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 20);
}

/** @returns 16 hex digits that change with the settings; keys in any order */
export function settingsHash(settings: unknown): string {
  return createHash("sha256").update(canonical(settings)).digest("hex").slice(0, 16);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
