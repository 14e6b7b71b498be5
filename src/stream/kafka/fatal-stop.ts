/** Stops all reading and writing when the topic is not the one that this stream opened. */
import type { Logger } from "pino";
import type { KafkaStreamError } from "./errors.ts";

/** The stream stops at most once. Only a restart of the process starts it again. */
export class FatalStop {
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  #error: KafkaStreamError | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Why the stream has stopped; undefined while it runs. */
  get error(): KafkaStreamError | undefined {
    return this.#error;
  }

  /** Aborts when the stream stops. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** @throws KafkaStreamError when the stream has stopped */
  assertRunning(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  stop(error: KafkaStreamError): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#logger.error({ err: error, hint: error.hint }, "stream stopped");
    this.#stopping.abort();
  }
}
