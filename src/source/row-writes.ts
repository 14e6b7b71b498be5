/** How often the rows of a table were written, as the server's statistics count it. */

export interface RowWrites {
  readonly inserted: number;
  readonly updated: number;
}

/** A few updates may be corrections. */
const leastUpdates = 100;

/** Whether rows are overwritten rather than added. Then earlier values are lost. False without statistics. */
export const areOverwritten = (writes: RowWrites | undefined): boolean =>
  writes !== undefined && writes.updated >= leastUpdates && writes.updated > 2 * writes.inserted;
