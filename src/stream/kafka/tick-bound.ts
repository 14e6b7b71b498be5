/** Sets a tick aside whose times are more than a day ahead of the time at which the broker took it. */
import type { LogEntry } from "../record-log.ts";

/** Clocks of a source and of a broker may differ by a wrong time zone, and by no more. */
const maxAheadMs = 86_400_000;

/**
 * A tick moves the watermark of all models of a source for ever. One that is far ahead of the broker's clock would silence them all, whoever
 * wrote it, so it is set aside.
 *
 * @param takenAtMs when the broker took the record, milliseconds since 1970
 */
export function boundedTick(record: LogEntry["record"], takenAtMs: number): LogEntry["record"] {
  if (record.kind !== "tick") return record;
  const { watermark, clock, newest = 0, gap = 0 } = record;
  const latestUs = (takenAtMs + maxAheadMs) * 1000;
  // Written so that what is no number is out of bounds.
  const isBounded = Math.max(watermark, clock, newest) <= latestUs && gap >= 0 && gap <= clock;
  return isBounded
    ? record
    : { kind: "unreadable", error: "a tick is more than a day ahead of the broker's time" };
}
