/**
 * Recognises columns whose numbers have a decimal comma, as programs write them where the comma is usual: `0,25`.
 *
 *     decimal comma  ⇔  some cell can be read so only (`0,25`, `12,5`), and no cell of the first rows contradicts
 *
 * A cell such as `1,234` alone may be one and a quarter or more than a thousand, so it decides nothing.
 */

const comma = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;
/** With three digits behind, and one to three before that are not zero alone, the comma may part thousands. */
const mayBeThousands = /^[+-]?[1-9]\d{0,2},\d{3}$/;
/** A point, or a second comma. */
const contradiction = /\.|,.*,/;

/** @param cells of the first rows */
export function hasDecimalComma(cells: readonly string[]): boolean {
  const trimmed = cells.map((cell) => cell.trim());
  const sure = trimmed.some((cell) => comma.test(cell) && !mayBeThousands.test(cell));
  return sure && !trimmed.some((cell) => contradiction.test(cell) && /\d/.test(cell));
}

/** A cell of a column with a decimal comma, with a point instead. A point in it makes it no number. */
export const withPoint = (cell: string): string =>
  cell.includes(".") ? cell.replace(".", "?") : cell.replace(",", ".");

/** What to say of a cell that is no number. */
export function numberProblem(cell: string): string {
  return mayBeThousands.test(cell.trim())
    ? "may be read in two ways. Write 1.234 or 1234"
    : "is no number. Write a plain number such as 0.25";
}
