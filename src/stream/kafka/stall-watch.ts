/**
 * Detects a partition that has records but is not fetched, although its consumer sends heartbeats. It happens when a
 * pause survives a rebalance, or when kafkajs's fetch loop ends without an error.
 */
import type { PartitionConsumerOptions } from "./partition-consumer.ts";

interface Waiting {
  /** The offset that must be fetched next; undefined while nothing is fetched. */
  readonly awaited: number | undefined;
  /** How many records the log held beyond the last delivery. */
  readonly backlog: number;
}

/**
 * Kafka fills a fetch in a fixed order of partitions. While one partition has this many records, others may wait, so no
 * stall is judged.
 */
const largeBacklog = 500;

/** Checks in a row at which the next record existed and was not fetched. */
const checksToStall = 4;

export class StallWatch {
  readonly #bounds: PartitionConsumerOptions["bounds"];
  /** Partition → the next offset at the last check, and how many checks found its record unfetched. */
  readonly #waits = new Map<number, { readonly offset: number; readonly missed: number }>();
  #checking = false;

  constructor(bounds: PartitionConsumerOptions["bounds"]) {
    this.#bounds = bounds;
  }

  /** Asks the brokers only about partitions that have not moved since the last check. @returns a stalled partition */
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
      // The brokers are unreachable. The consumer detects that itself.
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
