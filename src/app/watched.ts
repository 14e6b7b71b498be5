/** Wraps parts of the pipeline, so that the watchdog sees calls that do not return. */
import type { Round, Rounds } from "../rounds.ts";
import type { PartitionReader } from "../stream/record-log.ts";
import type { RecordSink } from "../stream/record-sink.ts";

/** A sink that notes each answer of the stream: a poll that sends page after page makes progress. */
export function watchedSink(sink: RecordSink, round: Pick<Round, "moved">): RecordSink {
  return {
    append: async (records) => {
      const tooLarge = await sink.append(records);
      round.moved();
      return tooLarge;
    },
  };
}

/** A reader that runs each claim and each batch as a round. */
export function watchedReader(reader: PartitionReader, rounds: Rounds): PartitionReader {
  const round = (partition: number): Round => rounds.of(`detection of partition ${partition}`);
  return {
    assigned: (partition) => round(partition).run(() => reader.assigned(partition)),
    received: (partition, entries) =>
      round(partition).run(() => reader.received(partition, entries)),
    revoked: (partition) => reader.revoked(partition),
  };
}
