/** Lines of a table for people: each column as wide as its widest cell. */
import { printable } from "../printable.ts";

const widest = 48;

/**
 * @param rows the header first; cells may hold text that came from data
 * @returns a line a row, without spaces at its end
 */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const shown = rows.map((cells) => cells.map((cell) => shortened(printable(cell))));
  const widths = (shown[0] ?? []).map((_, column) =>
    Math.max(...shown.map((cells) => (cells[column] ?? "").length)),
  );
  return shown.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function shortened(cell: string): string {
  return cell.length > widest ? `${cell.slice(0, widest - 1)}…` : cell;
}
