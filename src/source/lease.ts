/** The port that lets one process at a time poll a source. Declared here because the source needs it. */
import type { SourceProgress } from "./progress.ts";

/** The lease of a source, from the moment it was taken until another process may take it. */
export interface SourceHolding {
  /** Grows with every holding. A new value says that another process may have polled in between. */
  readonly epoch: number;
  /** Refuses to save once another process has taken the lease. */
  readonly progress: SourceProgress;
}

export interface SourceLease {
  /** How long after the last successful `take` another process may take the source, milliseconds. */
  readonly ttlMs: number;
  /** Takes the source, or keeps it. @returns undefined while another process has it */
  take(): Promise<SourceHolding | undefined>;
  /** Ends the lease at once. Does nothing when it is not ours. */
  release(): Promise<void>;
}
