/**
 * Delivers the records of one partition to its reader, while the consumer group assigns the partition to this process.
 *
 *     claim ──► locate the log's ends ──► seek ──► read ──► deliver ──► read …
 *
 * partition-state.ts defines the states, and docs/explanation/states.md draws them. Only `#enter` changes the state.
 *
 * - The reader has one batch at a time. A batch that the reader rejects is delivered again, never skipped.
 * - Reading starts at the offset that the reader gives, not at the one that the group has committed.
 * - Fetching is paused in states without delivery. Messages that still arrive are ignored and fetched again.
 * - The reader is fenced: if the group still assigns the partition to this process, it is claimed again.
 * - The log ends before our position: the log may be a different one, or a new leader may not have its end yet. Only
 *   after three such observations in a row the log counts as a different one.
 * - Offsets are missing: the gap is counted and logged, and reading continues after it.
 */
import type { KafkaMessage } from "kafkajs";
import type { Logger } from "pino";
import { describeError, isFenced } from "../../errors.ts";
import type { LogEntry, PartitionReader } from "../record-log.ts";
import { type DecodeOptions, decodeBatch } from "./decode-batch.ts";
import type { KafkaMetrics } from "./metrics.ts";
import {
  isFetching,
  isHeld,
  type PartitionState,
  partitionTransitions,
} from "./partition-state.ts";
import { backOff } from "./waiting.ts";

/** The operations of kafkajs's consumer on one partition. All are synchronous. */
export interface FetchControl {
  seek(offset: number): void;
  resume(): void;
  pause(): void;
}

/** The oldest offset of the log, and the offset after the newest. */
interface LogBounds {
  readonly low: number;
  readonly high: number;
}

export interface PartitionConsumerOptions extends DecodeOptions {
  readonly reader: PartitionReader;
  readonly metrics: KafkaMetrics;
  readonly logger: Logger;
  readonly bounds: (partition: number) => Promise<LogBounds>;
  /** @param reason why the reader does not process the partition's records; undefined when it does */
  readonly onDelivery: (partition: number, reason: string | undefined) => void;
  /** Called when the log is not the one that was read before: it ends too early, or has records of another stream. */
  readonly onWrongLog: (partition: number, sign: "truncated" | "foreign") => void;
}

/**
 * Observations in a row after which a log that ends too early counts as a different one. A newly elected leader may not
 * have the end yet.
 */
const truncationObservations = 3;

/** The consumer of one partition, from its assignment until its loss. */
export class PartitionConsumer {
  readonly #partition: number;
  readonly #options: PartitionConsumerOptions;
  readonly #control: FetchControl;
  /** Aborts when the partition is released or lost. It ends every wait. */
  readonly #leaving = new AbortController();
  #state: PartitionState = "claiming";
  /** Settles when the reader's present call, and the steps that were queued after it, have ended. */
  #work: Promise<void>;
  /** Offset of the next record to deliver. */
  #expected = 0;
  #backlog = 0;
  /** Failed deliveries in a row. */
  #failures = 0;
  /** How often in a row the log ended before our offset, or messages from before it arrived. */
  #consecutiveObservations = 0;

  /** @param after resolves when an earlier consumer of this partition no longer calls the reader */
  constructor(
    partition: number,
    options: PartitionConsumerOptions & { control: FetchControl; after: Promise<void> },
  ) {
    this.#partition = partition;
    this.#options = options;
    this.#control = options.control;
    this.#leaving.signal.addEventListener("abort", () => options.onDelivery(partition, undefined));
    this.#work = options.after.then(() => this.#claim());
  }

  /** The offset that must be fetched next; undefined while nothing is fetched. */
  get awaited(): number | undefined {
    return this.#state === "reading" ? this.#expected : undefined;
  }

  /** How many records the log held beyond our position at the last delivery. */
  get backlog(): number {
    return this.#backlog;
  }

  /**
   * Call it after a rebalance in which this process kept the partition. kafkajs has lost the position, so it is set
   * again.
   */
  kept(): void {
    this.#afterWork(() => {
      if (this.#state === "reading") this.#resume();
    });
  }

  /**
   * @param highWatermark offset after the newest message of the partition
   * @returns the last offset that the reader has processed; undefined when these messages must be fetched again
   */
  async deliver(
    messages: readonly KafkaMessage[],
    highWatermark: number,
  ): Promise<number | undefined> {
    const first = messages[0];
    if (this.#state !== "reading" || first === undefined) return undefined;
    if (Number(first.offset) < this.#expected) return this.#onOffsetReset();
    const entries = await decodeBatch(messages, this.#options);
    if (this.#state !== "reading" || entries === undefined) return undefined;
    if (entries === "wrong_topic") return this.#wrongLog("foreign");
    this.#noticeGap(Number(first.offset));
    this.#showLag(highWatermark);
    const done = this.#receive(entries);
    this.#work = done.then(() => undefined);
    if (!(await done)) return undefined;
    this.#showLag(highWatermark);
    return this.#expected - 1;
  }

  /**
   * Call it when the group has assigned the partition to another process. The reader drops the partition's state at
   * once, even during a batch.
   *
   * @returns a promise that settles when the reader's present call has ended
   */
  lose(): Promise<void> {
    this.#leave("lost");
    return this.#work;
  }

  /** Releases the partition after the present batch of the reader. */
  async finish(): Promise<void> {
    this.#leave(isHeld(this.#state) ? "releasing" : "lost");
    await this.#work;
    this.#enter("lost");
  }

  #leave(to: "releasing" | "lost"): void {
    this.#leaving.abort();
    this.#options.metrics.lag.remove({ partition: String(this.#partition) });
    this.#enter(to);
  }

  #enter(to: PartitionState): void {
    const from = this.#state;
    if (from === to) return;
    if (!partitionTransitions[from].includes(to)) {
      throw new Error(`partition ${this.#partition} cannot go from ${from} to ${to}`);
    }
    this.#state = to;
    if (isFetching(from) && !isFetching(to)) this.#control.pause();
    if (!isFetching(from) && isFetching(to)) this.#resume();
    if (isHeld(from) && !isHeld(to)) this.#options.reader.revoked(this.#partition);
  }

  #resume(): void {
    this.#control.seek(this.#expected);
    this.#control.resume();
  }

  /** Makes the reader claim the partition, for the first time or after it was fenced. */
  async #claim(): Promise<void> {
    const { reader } = this.#options;
    const offset = await this.#persist("claiming a partition", () =>
      reader.assigned(this.#partition),
    );
    if (offset === undefined) return;
    // The partition was lost during the claim, so `revoked` is called after the claim.
    if (this.#leaving.signal.aborted) return reader.revoked(this.#partition);
    this.#enter("locating");
    const log = await this.#locate(offset);
    if (log === undefined || this.#leaving.signal.aborted) return;
    this.#expected = offset;
    if (offset > log.high) return this.#wrongLog("truncated");
    this.#noticeGap(log.low);
    this.#enter("reading");
  }

  /** @returns the bounds of the log, once they are certain; undefined when the partition is left first */
  #locate(offset: number): Promise<LogBounds | undefined> {
    return this.#persist("finding a partition's end", async () => {
      const found = await this.#options.bounds(this.#partition);
      this.#consecutiveObservations = offset > found.high ? this.#consecutiveObservations + 1 : 0;
      const doubtful =
        this.#consecutiveObservations > 0 && this.#consecutiveObservations < truncationObservations;
      if (doubtful) throw new Error(`offset ${offset} lies behind the end, ${found.high}`);
      return found;
    });
  }

  /** Repeats the work until it succeeds. @returns undefined when the partition is left first */
  async #persist<T>(doing: string, work: () => Promise<T>): Promise<T | undefined> {
    for (let attempt = 0; !this.#leaving.signal.aborted; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        this.#say(error, `${doing} failed; trying again`);
        await backOff(attempt, this.#leaving.signal);
      }
    }
    return undefined;
  }

  async #receive(entries: readonly LogEntry[]): Promise<boolean> {
    const { reader, metrics } = this.#options;
    metrics.count("deliveries");
    this.#enter("delivering");
    try {
      await reader.received(this.#partition, entries);
    } catch (error) {
      metrics.count("delivery_failures");
      if (!this.#leaving.signal.aborted)
        this.#options.onDelivery(this.#partition, describeError(error));
      this.#say(error, "detection rejected a batch; it is delivered again");
      void this.#again(error);
      return false;
    }
    if (this.#failures > 0) this.#options.onDelivery(this.#partition, undefined);
    this.#failures = 0;
    this.#consecutiveObservations = 0;
    this.#expected = (entries.at(-1)?.offset ?? -1) + 1;
    metrics.count("records_consumed", entries.length);
    if (this.#leaving.signal.aborted) return false;
    this.#enter("reading");
    return true;
  }

  async #again(error: unknown): Promise<void> {
    if (this.#leaving.signal.aborted) return;
    this.#enter("backing_off");
    await backOff(this.#failures++, this.#leaving.signal);
    if (this.#leaving.signal.aborted) return;
    if (isFenced(error)) this.#afterWork(() => this.#claimAnew());
    else this.#enter("reading");
  }

  #claimAnew(): Promise<void> | undefined {
    if (this.#leaving.signal.aborted) return undefined;
    this.#enter("claiming");
    return this.#claim();
  }

  /**
   * Handles messages from before our position. Either kafkajs got "offset out of range" and silently started at the
   * oldest record, or a fetch was in flight when the position was set. So the position is set again. Only after three
   * such observations in a row the log counts as a different one.
   */
  #onOffsetReset(): undefined {
    this.#consecutiveObservations += 1;
    this.#control.seek(this.#expected);
    if (this.#consecutiveObservations >= truncationObservations) this.#wrongLog("truncated");
  }

  #wrongLog(sign: "truncated" | "foreign"): undefined {
    this.#enter("wrong_log");
    this.#options.onWrongLog(this.#partition, sign);
  }

  #showLag(highWatermark: number): void {
    this.#backlog = Math.max(highWatermark - this.#expected, 0);
    this.#options.metrics.lag.set({ partition: String(this.#partition) }, this.#backlog);
  }

  #noticeGap(first: number): void {
    if (first <= this.#expected) return;
    this.#options.metrics.count("gaps");
    this.#options.logger.warn(
      { partition: this.#partition, expected: this.#expected, found: first },
      "records are missing from the partition",
    );
    this.#expected = first;
  }

  #afterWork(step: () => void | Promise<void>): void {
    const before = this.#work;
    this.#work = (async () => {
      await before;
      await step();
    })();
  }

  #say(error: unknown, message: string): void {
    if (this.#leaving.signal.aborted) return;
    this.#options.logger.warn({ partition: this.#partition, err: error }, message);
  }
}
