/** The port of the lease by which one process at a time polls a source. */
import type { SourceProgress } from "./progress.ts";

/** The held lease of a source, until another process may take it. */
export interface SourceHolding {
  /** Grows with every holding. After a new value another process may have polled in between. */
  readonly epoch: number;
  /** Refuses to save once another process has taken the lease. */
  readonly progress: SourceProgress;
}

export interface SourceLease {
  /** Time after the last successful `take` until another process may take the source, milliseconds. */
  readonly ttlMs: number;
  /** Takes or renews the lease. @returns undefined while another process holds it */
  take(): Promise<SourceHolding | undefined>;
  /** Ends the lease at once. Does nothing when this process does not hold it. */
  release(): Promise<void>;
}
