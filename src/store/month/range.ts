/** The time that a report is about. */
export interface MonthRange {
  /** ms since 1970. */
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}
