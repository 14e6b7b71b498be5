/** Reads one partition for as long as we hold it: assigned, then batch after batch, each again until it is taken. */
import type { Logger } from "pino";
import { backoffMs } from "../../backoff.ts";
import { isFenced, messageOf } from "../../errors.ts";
import type { LogEntry, PartitionReader } from "../record-log.ts";
import type { LogCounter, PostgresLogMetrics } from "./metrics.ts";
import { Wakeup } from "./wakeup.ts";

export interface ReadingOptions {
  readonly partition: number;
  readonly reader: PartitionReader;
  /** The next entries from the offset on; none when there are none yet. */
  readonly read: (fromOffset: number) => Promise<readonly LogEntry[]>;
  /** How long to wait for a notification before looking again, ms. */
  readonly pollMs: number;
  readonly logger: Logger;
  readonly metrics: PostgresLogMetrics;
  /** Why the partition does not get on now; undefined when it does. */
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
  /** Settles when nothing of this reading runs any more. Never rejects. */
  readonly ended: Promise<void>;
  readonly #options: ReadingOptions;
  readonly #wakeup = new Wakeup();
  #ending = false;
  #revoked = false;

  constructor(options: ReadingOptions) {
    this.#options = options;
    this.ended = this.#run();
  }

  /** There may be something to read. */
  wake(): void {
    this.#wakeup.ring();
  }

  /** Ours no longer: the reader forgets now, and what it still does is fenced by the next claim. */
  lose(): void {
    this.#end();
    this.#revoke();
  }

  /** Waits for the batch in work, then gives the partition back. */
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
    const { reader, partition } = this.#options;
    const from = await this.#persist({
      tries: "assignments",
      failures: "assignment_failures",
      work: () => reader.assigned(partition),
    });
    // It was lost while the reader took it up, and now the reader believes that it has it.
    if (this.#revoked) reader.revoked(partition);
    return from;
  }

  /** Until the end, or until the reader is fenced and has to claim the partition anew. */
  async #follow(from: number): Promise<void> {
    const { reader, partition, pollMs, read } = this.#options;
    for (let next = from; !this.#ending; ) {
      const entries = await this.#persist({
        tries: "reads",
        failures: "read_failures",
        work: () => read(next),
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

  /** @returns false when the batch was not taken: we are ending, or fenced */
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

  /** Tries until it succeeds, we end, or we are fenced; undefined in the last two cases. */
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

  /** A notification does not cut it short, the end does. */
  async #backoff(attempt: number): Promise<void> {
    const until = performance.now() + backoffMs(attempt, longestPauseMs, firstPauseMs);
    while (!this.#ending && performance.now() < until) {
      await this.#wakeup.wait(until - performance.now());
    }
  }
}
