/**
 * Reads one partition of the log in the store while this process holds its lease.
 *
 *     assigned ──► read ──► deliver ──► read …        a failed step is repeated with backoff
 *        ▲                     │ fenced
 *        └─────────────────────┘
 *
 * A batch that the reader rejects is delivered again, never skipped. When another process has claimed the partition,
 * the reader drops its state and claims it again while this process holds the lease.
 */
import type { Logger } from "pino";
import { backoffMs } from "../../backoff.ts";
import { isFenced, messageOf } from "../../errors.ts";
import type { LogEntry, PartitionReader } from "../record-log.ts";
import type { LogCounter, PostgresLogMetrics } from "./metrics.ts";
import type { Slots } from "./slots.ts";
import { Wakeup } from "./wakeup.ts";

export interface ReadingOptions {
  readonly partition: number;
  readonly reader: PartitionReader;
  /** Reads the next entries from the offset on. The list is empty when there are none yet. */
  readonly read: (fromOffset: number) => Promise<readonly LogEntry[]>;
  /** Shared by the partitions of a process. The limit leaves connections to the rest of the daemon. */
  readonly slots: Slots;
  /** How long to wait for a notification before the next read, ms. */
  readonly pollMs: number;
  readonly logger: Logger;
  readonly metrics: PostgresLogMetrics;
  /** Reports why the partition makes no progress; called with undefined when it does again. */
  readonly report: (error: unknown) => void;
}

interface RetriedWork<T> {
  readonly tries: LogCounter;
  readonly failures: LogCounter;
  readonly work: () => Promise<T>;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

export class PartitionReading {
  /** Settles when this reading has ended and the reader is no longer called. Never rejects. */
  readonly ended: Promise<void>;
  readonly #options: ReadingOptions;
  readonly #wakeup = new Wakeup();
  #next: number | undefined;
  #ending = false;
  #revoked = false;

  constructor(options: ReadingOptions) {
    this.#options = options;
    this.ended = this.#run();
  }

  /** Offset of the next record that the reader has not processed yet; undefined until it has claimed the partition. */
  get next(): number | undefined {
    return this.#next;
  }

  /** Reads new records at once. */
  wake(): void {
    this.#wakeup.ring();
  }

  /**
   * Call it when the lease is lost. The reader drops its state now. Once another process has claimed the partition,
   * late writes are refused.
   */
  lose(): void {
    this.#end();
    this.#revoke();
  }

  /** Waits for the present call of the reader, then revokes the partition. */
  async finish(): Promise<void> {
    this.#end();
    await this.ended;
    this.#revoke();
  }

  #end(): void {
    this.#ending = true;
    this.#wakeup.ring();
  }

  #revoke(): void {
    if (this.#revoked) return;
    this.#revoked = true;
    this.#options.reader.revoked(this.#options.partition);
  }

  async #run(): Promise<void> {
    while (!this.#ending) {
      const from = await this.#assigned();
      if (from !== undefined) await this.#follow(from);
    }
    this.#options.report(undefined);
  }

  async #assigned(): Promise<number | undefined> {
    const { reader, partition, slots } = this.#options;
    // A claim after the loss of the lease would fence the next holder, so `#ending` is checked after the wait for a
    // slot.
    const claim = async (): Promise<number | undefined> =>
      this.#ending ? undefined : await reader.assigned(partition);
    const from = await this.#persist({
      tries: "assignments",
      failures: "assignment_failures",
      work: () => slots.run(claim),
    });
    // The lease was lost during the claim, so `revoked` is called again after the claim.
    if (this.#revoked) reader.revoked(partition);
    return from;
  }

  /** Reads and delivers until this reading ends, or until the reader is fenced and must claim the partition again. */
  async #follow(from: number): Promise<void> {
    const { reader, partition, pollMs, read, slots } = this.#options;
    for (let next = from; !this.#ending; ) {
      this.#next = next;
      const entries = await this.#persist({
        tries: "reads",
        failures: "read_failures",
        work: () => slots.run(() => read(next)),
      });
      const last = entries?.at(-1);
      if (this.#ending) return;
      if (entries === undefined || last === undefined) {
        await this.#wakeup.wait(pollMs);
        continue;
      }
      if (!(await this.#deliver(entries))) {
        if (!this.#ending) reader.revoked(partition);
        return;
      }
      next = last.offset + 1;
    }
  }

  /** @returns false when the batch was not processed, because this reading ends or the reader is fenced */
  async #deliver(entries: readonly LogEntry[]): Promise<boolean> {
    const { reader, partition, metrics } = this.#options;
    const taken = await this.#persist({
      tries: "deliveries",
      failures: "delivery_failures",
      work: async () => {
        await reader.received(partition, entries);
        return true;
      },
    });
    if (taken === true) metrics.count("delivered_records", entries.length);
    return taken === true;
  }

  /** Repeats the work until it succeeds. @returns undefined when this reading ends or the reader is fenced first */
  async #persist<T>({ tries, failures, work }: RetriedWork<T>): Promise<T | undefined> {
    const { metrics, logger, partition, report } = this.#options;
    for (let attempt = 0; !this.#ending; attempt++) {
      metrics.count(tries);
      try {
        const result = await work();
        if (attempt > 0) report(undefined);
        return result;
      } catch (error) {
        metrics.count(failures);
        if (this.#revoked) return undefined;
        if (isFenced(error)) {
          logger.warn({ partition, reason: messageOf(error) }, "partition is claimed anew");
          return undefined;
        }
        report(error);
      }
      await this.#backoff(attempt);
    }
    return undefined;
  }

  /** Waits for the backoff. A notification does not shorten the wait. The end of the reading does. */
  async #backoff(attempt: number): Promise<void> {
    const until = performance.now() + backoffMs(attempt, longestPauseMs, firstPauseMs);
    while (!this.#ending && performance.now() < until) {
      await this.#wakeup.wait(until - performance.now());
    }
  }
}
