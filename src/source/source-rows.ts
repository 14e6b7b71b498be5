/**
 * Counts the importances of a source. A row of the table that is left out as a whole counts as one. What is read again
 * counts once. The counts are stored with the source's positions, so they survive restarts and takeovers.
 *
 *     counts stored = rows of closed windows      open windows are read again after a crash, and counted then
 *     counts shown  = stored + rows acknowledged of open windows
 */
import type { LeftOutReason } from "./drop-reasons.ts";

/** Plain data. */
export interface SourceRows {
  readonly read: number;
  /** Of these, the rows that were left out, by reason. */
  readonly leftOut: Readonly<Partial<Record<LeftOutReason, number>>>;
}

export const noSourceRows: SourceRows = { read: 0, leftOut: {} };

export function sumOf(a: SourceRows, b: SourceRows): SourceRows {
  const leftOut: Record<string, number> = { ...a.leftOut };
  for (const [reason, rows] of Object.entries(b.leftOut))
    leftOut[reason] = (leftOut[reason] ?? 0) + rows;
  return { read: a.read + b.read, leftOut };
}

/** Adds the rows that the stream has set aside as too large. */
export const andTooLarge = (rows: SourceRows, tooLarge: number): SourceRows =>
  tooLarge === 0 ? rows : sumOf(rows, { read: 0, leftOut: { too_large: tooLarge } });

export class RowTally {
  #stored: SourceRows;
  /** Rows of each open window that the stream has acknowledged. */
  readonly #open = new Map<string, SourceRows>();

  /** @param stored the stored counts; undefined if nothing was counted yet */
  constructor(stored: SourceRows = noSourceRows) {
    this.#stored = stored;
  }

  /** The counts to store with the source's positions. */
  get stored(): SourceRows {
    return this.#stored;
  }

  get shown(): SourceRows {
    return [...this.#open.values()].reduce(sumOf, this.#stored);
  }

  /** @param window name of the window, or `history`. After a crash it is read again from its beginning. */
  acknowledged(window: string, rows: SourceRows): void {
    this.#open.set(window, sumOf(this.#open.get(window) ?? noSourceRows, rows));
  }

  isOpen(window: string): boolean {
    return this.#open.has(window);
  }

  /** Adds the window to the stored counts. Call it when its acknowledged rows will not be read again. */
  close(window: string): void {
    this.#stored = sumOf(this.#stored, this.#open.get(window) ?? noSourceRows);
    this.#open.delete(window);
  }

  closeAll(): void {
    for (const window of this.#open.keys()) this.close(window);
  }
}
