/**
 * Recognises columns whose numbers have a decimal comma: `0,25`.
 *
 *     decimal comma  ⇔  some cell can be read in no other way (`0,25`, `12,5`), and no cell of the first rows contradicts
 *
 * A cell such as `1,234` may be 1.234 or 1234, so it decides nothing.
 */

const comma = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;
/** With three digits after the comma and one to three before it, other than 0, the comma may separate thousands. */
const mayBeThousands = /^[+-]?[1-9]\d{0,2},\d{3}$/;
/** A point, or a second comma. */
const contradiction = /\.|,.*,/;

/** @param cells of the first rows */
export function hasDecimalComma(cells: readonly string[]): boolean {
  const trimmed = cells.map((cell) => cell.trim());
  const sure = trimmed.some((cell) => comma.test(cell) && !mayBeThousands.test(cell));
  return sure && !trimmed.some((cell) => contradiction.test(cell) && /\d/.test(cell));
}

/** Replaces the decimal comma of a cell by a point. A cell that already has a point is no number. */
export const withPoint = (cell: string): string =>
  cell.includes(".") ? cell.replace(".", "?") : cell.replace(",", ".");

/** The problem of a cell that is no number, as text. */
export function numberProblem(cell: string): string {
  return mayBeThousands.test(cell.trim())
    ? "may be read in two ways. Write 1.234 or 1234"
    : "is no number. Write a plain number such as 0.25";
}
