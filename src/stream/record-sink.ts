/** The port through which the poller appends records. Declared here because the source needs it. */
import type { StreamRecord } from "./record.ts";

export interface RecordSink {
  /**
   * Appends records durably. A tick goes to every partition, everything else to the partition of its model; the
   * order of the records of one partition is kept.
   *
   * Resolves when all are durable. If the call rejects, any part may have been written: call again with the same
   * records. Detection drops by position what it has seen.
   *
   * @returns how many rows were set aside, because they are too large for the stream; usually 0
   */
  append(records: readonly StreamRecord[]): Promise<number>;
}
