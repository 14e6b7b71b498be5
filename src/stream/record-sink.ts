/** The port through which the poller and others append records. */
import type { StreamRecord } from "./record.ts";

export interface RecordSink {
  /**
   * Appends records durably. A tick is appended to every partition, any other record to the partition of its model.
   * Each partition keeps the order of its records.
   *
   * Resolves when all are durable. If the call rejects, any part may have been written: call again with the same
   * records. Detection drops repeated rows by position.
   *
   * @returns how many rows were set aside as too large for the stream; usually 0
   */
  append(records: readonly StreamRecord[]): Promise<number>;
}
