/** The time range of a report. */
export interface MonthRange {
  /** ms since 1970. */
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}
