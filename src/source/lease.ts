/** The port through which a source is polled by one process at a time. Declared here because the source needs it. */
import type { SourceProgress } from "./progress.ts";

/** One holding of the source, from its beginning until somebody else's may begin. */
export interface SourceHolding {
  /** Higher with every holding: another one than before says that somebody may have polled in between. */
  readonly epoch: number;
  /** Refuses to save once another holding has begun. */
  readonly progress: SourceProgress;
}

export interface SourceLease {
  /** Others may take the source so long after the last `take` that succeeded, milliseconds. */
  readonly ttlMs: number;
  /** Takes the source, or keeps it. @returns undefined while another process has it */
  take(): Promise<SourceHolding | undefined>;
  /** Lets others have it at once; nothing when it is not ours. */
  release(): Promise<void>;
}
