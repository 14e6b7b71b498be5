/** Keeps a reader in the consumer group until the subscription is stopped. It runs one session after the other. */
import type { Subscription } from "../record-log.ts";
import { GroupSession, type SessionOptions } from "./group-session.ts";
import { atMost, backOff } from "./waiting.ts";

/** A stop takes at most this long, even if the reader's batch or the broker takes longer. */
const stopWithinMs = 9000;

/** Starts a new session whenever one ends. kafkajs's own restart is off, because it leaks consumers. */
export class GroupSubscription implements Subscription {
  readonly #options: SessionOptions;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #session: GroupSession | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    options.health.report("consume", "the consumer group is not joined yet");
    options.fatal.signal.addEventListener("abort", () => this.#session?.stop());
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#session?.stop();
    await atMost(stopWithinMs, this.#running);
  }

  async #run(): Promise<void> {
    const { health, fatal, metrics, logger } = this.#options;
    const { signal } = this.#stopping;
    for (let attempt = 0; !signal.aborted && fatal.error === undefined; attempt += 1) {
      const session = new GroupSession(this.#options);
      this.#session = session;
      const reason = await session.run();
      if (signal.aborted) break;
      if (session.joined) attempt = 0;
      metrics.count("consumer_rebuilds");
      health.report("consume", `consumer ${reason}`);
      // The dependency watch logs an outage of the brokers once, so later attempts are logged at debug.
      logger[attempt === 0 ? "info" : "debug"]({ reason, attempt }, "consumer is made anew");
      await backOff(attempt, signal);
    }
  }
}
