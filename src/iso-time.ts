/** Times in ISO 8601, as the API, `--json` and lists write them. */

/**
 * ISO 8601, UTC, with milliseconds: `2026-11-27T03:14:15.926Z`.
 *
 * @param ms since 1970
 * @returns null where there is no time, or none that a calendar has
 */
export function isoTime(ms: number | null | undefined): string | null {
  if (ms === null || ms === undefined) return null;
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** For people, to the second: `2026-11-27T03:14:15Z`. @param ms a time that a calendar has */
export function isoToSecond(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
