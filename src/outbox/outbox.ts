/**
 * Carries out promised effects. Each dependency has its own dispatcher, so a slow dependency does not delay the others.
 */
import { type Health, healthOf } from "../health.ts";
import { makeRetriesDueNow } from "../store/outbox/make-retries-due-now.ts";
import { type DispatcherOptions, OutboxDispatcher } from "./dispatcher.ts";
import type { AnyExecutor } from "./executor.ts";

export interface OutboxOptions<Subject, Event> extends DispatcherOptions<Subject, Event> {
  /** The executors of all rooms. */
  readonly executors: readonly AnyExecutor<Subject, Event>[];
}

export class Outbox<Subject, Event> {
  readonly #options: OutboxOptions<Subject, Event>;
  readonly #dispatchers: readonly OutboxDispatcher<Subject, Event>[];
  readonly #stopping = new AbortController();
  #working: Promise<unknown> | undefined;

  constructor(options: OutboxOptions<Subject, Event>) {
    this.#options = options;
    const { executors } = options;
    const dependencies = new Set(executors.map(({ dependency }) => dependency));
    this.#dispatchers = [...dependencies].map((name) => {
      const own = executors.filter(({ dependency }) => dependency === name);
      return new OutboxDispatcher(name, own, options);
    });
  }

  /** Starts the dispatchers. Makes failed effects due at once, because the restart may have removed the cause. */
  start(): void {
    const { store, clock, logger } = this.#options;
    const unlisten = store.listen("outbox", () => this.#wake());
    this.#working = makeRetriesDueNow(store, clock.now())
      .catch((err: unknown) =>
        logger.warn({ err }, "hastening effects failed; they keep their time"),
      )
      .then(() => Promise.all(this.#dispatchers.map((each) => each.run(this.#stopping.signal))))
      .finally(unlisten);
  }

  /** Ok while promised effects can be read. A failed effect does not make the outbox unhealthy. */
  health(): Health {
    return healthOf(this.#dispatchers.find(({ problem }) => problem !== undefined)?.problem);
  }

  /** Ok while the breaker of the dependency is closed; otherwise the reason. */
  dependencyHealth(name: string): Health {
    return healthOf(
      this.#dispatchers.find(({ dependency }) => dependency === name)?.unavailableReason,
    );
  }

  /** Stops, and waits for the effects that are being carried out. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#working;
  }

  #wake(): void {
    for (const dispatcher of this.#dispatchers) dispatcher.wake();
  }
}
