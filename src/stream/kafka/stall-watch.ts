/**
 * Notices a partition that has records and is not fetched, though its consumer beats: a pause that outlived a rebalance,
 * a fetch loop that ended without a word.
 */
import type { PartitionConsumerOptions } from "./partition-consumer.ts";

interface Waiting {
  /** The offset that a consumer waits for; undefined while it does not wait. */
  readonly awaited: number | undefined;
  /** Records it had behind its last delivery. */
  readonly backlog: number;
}

/** A fetch is filled partition by partition in a fixed order: while one has so much to catch up, others may rightly wait. */
const largeBacklog = 500;

/** Checks in a row at which a partition waited for a record that was there. */
const checksToStall = 4;

export class StallWatch {
  readonly #bounds: PartitionConsumerOptions["bounds"];
  /** Partition → the offset it waited for at the last check, and how often that record was there. */
  readonly #waits = new Map<number, { readonly offset: number; readonly missed: number }>();
  #checking = false;

  constructor(bounds: PartitionConsumerOptions["bounds"]) {
    this.#bounds = bounds;
  }

  /** Asks the brokers only about partitions that have not moved since the last check. @returns one that has stalled */
  async check(partitions: ReadonlyMap<number, Waiting>): Promise<number | undefined> {
    if (this.#checking) return undefined;
    if ([...partitions.values()].some(({ backlog }) => backlog >= largeBacklog)) {
      this.#waits.clear();
      return undefined;
    }
    this.#checking = true;
    try {
      for (const [partition, { awaited }] of partitions) {
        if (await this.#missed(partition, awaited)) return partition;
      }
    } catch {
      // The brokers are away, which the consumer notices for itself.
    } finally {
      this.#checking = false;
    }
    return undefined;
  }

  async #missed(partition: number, offset: number | undefined): Promise<boolean> {
    const last = this.#waits.get(partition);
    this.#waits.delete(partition);
    if (offset === undefined) return false;
    const moved = last?.offset !== offset;
    const there = !moved && (await this.#bounds(partition)).high > offset;
    const missed = there ? last.missed + 1 : 0;
    this.#waits.set(partition, { offset, missed });
    return missed >= checksToStall;
  }
}
