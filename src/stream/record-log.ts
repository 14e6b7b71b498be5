/** The port through which detection reads the stream. */
import type { DriftwardenError } from "../errors.ts";
import type { StreamRecord } from "./record.ts";

export interface LogEntry {
  readonly offset: number;
  /** The record, or why it could not be decoded (a poison record, quarantined by the worker). */
  readonly record:
    | StreamRecord
    | { readonly kind: "unreadable"; readonly error: string }
    /** Reading stops before it, with this error, until a program that knows it has the partition. */
    | { readonly kind: "newer"; readonly refusal: DriftwardenError };
}

/** What a reader of the log provides. The log calls at most one of these at a time for a partition. */
export interface PartitionReader {
  /** The partition is ours now: claim it, load what is known, resolve with the offset to read from. */
  assigned(partition: number): Promise<number>;
  /** Entries in offset order. The next ones come after it resolves; a rejection delivers the same ones again. */
  received(partition: number, entries: readonly LogEntry[]): Promise<void>;
  /** The partition is no longer ours (synchronous: forget at once). */
  revoked(partition: number): void;
}

export interface Subscription {
  /** Stops delivering, waits for the batch in work, releases the partitions. */
  stop(): Promise<void>;
}

export interface RecordLog {
  readonly partitions: number;
  /** Made with the stream and carried by every record: a stream deleted and created again has another. */
  readonly streamId: string;
  subscribe(reader: PartitionReader): Promise<Subscription>;
  /** Offset after the newest record of each partition, for the lag. */
  endOffsets(): Promise<readonly number[]>;
  /**
   * Lets go of the records of a partition that nobody reads again.
   *
   * @param belowOffset the oldest offset that is still needed
   * @returns how many records were deleted; 0 where the stream deletes by its own retention
   */
  forget(partition: number, belowOffset: number): Promise<number>;
}
