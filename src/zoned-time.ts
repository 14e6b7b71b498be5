/** Reads a moment that says its zone, such as `2026-11-30T08:00Z`. A time without a zone is ambiguous and refused. */

const form = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)? ?(?:Z|[+-]\d{2}:?\d{2})$/i;

/** @returns ms since 1970; undefined when it is no such moment */
export function zonedTime(text: string): number | undefined {
  const wanted = text.trim().toUpperCase();
  if (!form.test(wanted)) return undefined;
  const ms = Date.parse(wanted.replace(" ", "T").replace(" ", ""));
  if (Number.isNaN(ms)) return undefined;
  const day = wanted.slice(0, 10);
  // Date.parse takes the 31st of a short month for the 1st of the next.
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day) ? ms : undefined;
}
