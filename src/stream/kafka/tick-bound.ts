/** Sets aside a tick whose times are more than a day ahead of the time of its append by the broker. */
import type { LogEntry } from "../record-log.ts";

/** The clocks of a source and of a broker may differ by a wrong time zone, but not by more than a day. */
const maxAheadMs = 86_400_000;

/**
 * A tick moves the watermark of all models of a source, and the watermark never goes back. A tick far ahead of the
 * broker's clock would make all these models count as silent, so it is set aside.
 *
 * @param takenAtMs when the broker appended the record, milliseconds since 1970
 */
export function boundedTick(record: LogEntry["record"], takenAtMs: number): LogEntry["record"] {
  if (record.kind !== "tick") return record;
  const { watermark, clock, newest = 0, gap = 0 } = record;
  const latestUs = (takenAtMs + maxAheadMs) * 1000;
  // NaN fails every comparison, so it is out of bounds.
  const isBounded = Math.max(watermark, clock, newest) <= latestUs && gap >= 0 && gap <= clock;
  return isBounded
    ? record
    : { kind: "unreadable", error: "a tick is more than a day ahead of the broker's time" };
}
