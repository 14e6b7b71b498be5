/** One importance that was read from a file. */

export interface FileRow {
  /** Finite, microseconds since 1970. */
  readonly ts: number;
  readonly model: string;
  readonly feature: string;
  /** NaN where the cell is empty. */
  readonly importance: number;
}

/** The one model of a file without a column for the model. */
export const onlyModel = "default";
