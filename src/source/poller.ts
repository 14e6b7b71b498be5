/** Polls one source: connects, probes, polls and waits. After a failure it repeats these steps with a backoff. */
import { setTimeout as timer } from "node:timers/promises";
import type { Logger } from "pino";
import { backoffMs } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import { type Health, healthOf } from "../health.ts";
import type { Round } from "../rounds.ts";
import type { RecordSink } from "../stream/record-sink.ts";
import type { SourceClient } from "./client.ts";
import { connect } from "./connection.ts";
import { Delivery } from "./delivery.ts";
import {
  olderReaders,
  type SourceError,
  storeRefused,
  streamLate,
  toSourceError,
} from "./errors.ts";
import type { SourceLayout } from "./layout.ts";
import type { SourceMetrics } from "./metrics.ts";
import type { SourceOptions } from "./options.ts";
import { OverlapReader } from "./overlap-reader.ts";
import { probe } from "./probe.ts";
import type { SourceProgress } from "./progress.ts";
import type { ReaderDeps } from "./reader-deps.ts";
import type { SourceRows } from "./source-rows.ts";
import { TransactionWindowReader } from "./transaction-window-reader.ts";

export interface PollerDeps {
  readonly options: SourceOptions;
  readonly sink: RecordSink;
  readonly progress: SourceProgress;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: SourceMetrics;
  /**
   * Runs each poll, so that the watchdog sees one that does not end. Each statement moves it. Default: nobody watches.
   */
  readonly round?: Round;
  readonly onGap?: ReaderDeps["onGap"];
  /** Live processes that cannot read records whose rows have places. If left out, there are none. */
  readonly withoutPlaces?: () => Promise<readonly string[]>;
}

export interface Poller {
  /** Ok after a poll that succeeded, until one fails or nearly no row can be used. */
  health(): Health;
  /** The counts of rows read, each row once, also by earlier pollers; undefined while they are not known. */
  rows(): SourceRows | undefined;
  /**
   * Waits for the page that is being sent, and closes the connection. Rows that are not acknowledged are read again
   * later.
   */
  stop(): Promise<void>;
}

const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** Longest wait of a stop for the page that is being sent. */
const stopWithinMs = 5_000;

const overlapPrice =
  "Rows that commit later than the overlap after their timestamp are missed, every poll reads the overlap again, and detection runs that far behind. Name the plain table to be free of all three, or change overlap of the source.";

class SourcePoller implements Poller {
  readonly #deps: PollerDeps;
  readonly #readings: Readonly<
    Record<SourceLayout["reading"], () => TransactionWindowReader | OverlapReader>
  >;
  #reading: TransactionWindowReader | OverlapReader | undefined;
  readonly #abort = new AbortController();
  readonly #delivery: Delivery;
  readonly #labels: { readonly source: string };
  readonly #done: Promise<void>;
  #connection: { readonly client: SourceClient; readonly layout: SourceLayout } | undefined;
  #health: Health = { ok: false, reason: "the first poll is not done" };
  #readsBy: SourceLayout["reading"] | undefined;
  #failures = 0;
  #lastCode: string | undefined;
  /** Whether the stream was late. Then the connection of this poll is closed, and its failure is reported already. */
  #late = false;

  constructor(deps: PollerDeps) {
    this.#deps = deps;
    this.#labels = { source: deps.options.name };
    const onLate = (): void => this.#streamLate();
    const delivery = new Delivery({ ...deps, signal: this.#abort.signal, onLate });
    this.#delivery = delivery;
    this.#readings = {
      windows: () => new TransactionWindowReader({ ...deps, delivery }),
      overlap: () => new OverlapReader({ ...deps, delivery }),
    };
    this.#done = this.#run();
  }

  health(): Health {
    return this.#health.ok ? healthOf(this.#delivery.problem) : this.#health;
  }

  rows(): SourceRows | undefined {
    return this.#reading?.rows;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    // Ends a running query at once. A page that is being sent is finished.
    await this.#disconnect();
    const timeout = new AbortController();
    const waited = timer(stopWithinMs, undefined, { signal: timeout.signal }).catch(
      () => undefined,
    );
    // The process that polls next sends a page again that the stream has not acknowledged.
    await Promise.race([this.#done, waited]);
    timeout.abort();
  }

  async #run(): Promise<void> {
    const { clock, options, round } = this.#deps;
    const { signal } = this.#abort;
    const poll = (): Promise<boolean> => this.#tryPoll();
    while (!signal.aborted) {
      const failed = await (round?.run(poll) ?? poll());
      const pauseMs = failed
        ? backoffMs(this.#failures, longestPauseMs, firstPauseMs)
        : options.pollIntervalMs;
      await clock.sleep(pauseMs, signal);
    }
    await this.#disconnect();
    await this.#reading?.save().catch((err: unknown) => {
      this.#deps.logger.warn(
        { err },
        "positions not saved, the last rows are sent again at the next start",
      );
    });
  }

  /** @returns whether the poll failed */
  async #tryPoll(): Promise<boolean> {
    this.#deps.metrics.polls.inc(this.#labels);
    this.#late = false;
    try {
      this.#connection ??= await this.#open();
      // A stop that came meanwhile had no connection to close.
      this.#abort.signal.throwIfAborted();
      const { client, layout } = this.#connection;
      if (layout.shape.hasPlaces) await this.#refuseOlderReaders();
      const reading = await this.#readingOf(layout);
      await reading.poll(client, layout);
    } catch (error) {
      await this.#disconnect();
      if (this.#late || this.#abort.signal.aborted) return true;
      this.#report(toSourceError(error, `polling ${this.#deps.options.table}`));
      return true;
    }
    if (this.#lastCode !== undefined) this.#deps.logger.info("source polled again");
    this.#failures = 0;
    this.#lastCode = undefined;
    this.#health = { ok: true };
    return false;
  }

  /**
   * A process of an older program stops at records with places. So none is written while such a process may read it.
   */
  async #refuseOlderReaders(): Promise<void> {
    const { withoutPlaces = () => Promise.resolve([]) } = this.#deps;
    const older = await withoutPlaces().catch((error: unknown) =>
      Promise.reject(storeRefused(error)),
    );
    if (older.length > 0) throw olderReaders(older);
  }

  /**
   * The reader for the layout. When a table was replaced by a view or the reverse, a new reader continues from the
   * stored state.
   */
  async #readingOf({
    reading,
    kind,
  }: SourceLayout): Promise<TransactionWindowReader | OverlapReader> {
    if (this.#reading !== undefined && reading === this.#readsBy) return this.#reading;
    await this.#reading?.save();
    if (reading === "overlap") this.#warnOfOverlap(kind);
    this.#readsBy = reading;
    this.#reading = this.#readings[reading]();
    return this.#reading;
  }

  #warnOfOverlap(kind: string): void {
    const { overlapMs, table } = this.#deps.options;
    this.#deps.logger.warn(
      { table, overlap_seconds: overlapMs / 1000, hint: overlapPrice },
      `${kind} is read by time with an overlap`,
    );
  }

  /**
   * Ends the transaction, because an open one keeps vacuum from removing rows in the source's tables. Once the stream
   * has answered, the poll fails at its next page. The next poll continues after the last acknowledged row.
   */
  #streamLate(): void {
    this.#late = true;
    this.#report(streamLate(this.#deps.options.streamDeadlineMs));
    void this.#disconnect();
  }

  async #open(): Promise<{ client: SourceClient; layout: SourceLayout }> {
    const { options, round } = this.#deps;
    const client = await connect(options.connection, () => round?.moved());
    try {
      return { client, layout: await probe(client, options) };
    } catch (error) {
      void client.end();
      throw error;
    }
  }

  async #disconnect(): Promise<void> {
    const client = this.#connection?.client;
    this.#connection = undefined;
    await client?.end();
  }

  #report(error: SourceError): void {
    this.#failures += 1;
    this.#deps.metrics.pollFailures.inc({ ...this.#labels, reason: error.reason });
    this.#health = { ok: false, reason: `${error.message}. ${error.hint}` };
    if (error.code === this.#lastCode) return;
    this.#lastCode = error.code;
    this.#deps.logger.warn({ err: error, code: error.code, hint: error.hint }, "polling failed");
  }
}

/**
 * Polls a source from now until `stop`. A failure is counted, logged once and shown in `health`. The poll is then tried
 * again, because the network may recover or a right may be granted.
 */
export function startPoller(deps: PollerDeps): Poller {
  return new SourcePoller(deps);
}
