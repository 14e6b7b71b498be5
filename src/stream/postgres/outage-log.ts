/** Logs once when parts of the stream in the store begin to fail, and once when all of them work again. */
import type { Logger } from "pino";
import { describeError } from "../../errors.ts";
import type { StreamHealth } from "../stream-health.ts";

export interface OutageLogOptions {
  readonly logger: Logger;
  readonly health: StreamHealth;
}

export class OutageLog {
  readonly #options: OutageLogOptions;
  readonly #failing = new Set<string>();
  /** Causes that were logged since the outage began. Texts change during an outage, so each cause is logged once. */
  readonly #logged = new Set<string>();

  constructor(options: OutageLogOptions) {
    this.#options = options;
  }

  /**
   * @param part for example `append`, `partition 3`
   * @param error why the part makes no progress; undefined when it makes progress
   */
  report(part: string, error: unknown): void {
    const { health, logger } = this.#options;
    if (error === undefined) {
      health.report(part, undefined);
      if (!this.#failing.delete(part) || this.#failing.size > 0) return;
      this.#logged.clear();
      logger.info("the stream in the store works again");
      return;
    }
    const reason = describeError(error);
    health.report(part, reason);
    this.#failing.add(part);
    const cause = causeOf(error);
    if (this.#logged.has(cause)) return;
    this.#logged.add(cause);
    logger.warn({ part, reason }, "the stream in the store fails; it is tried again");
  }
}

/** The cause from a bounded set: the code of the error, or else its class. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return "code" in error ? String(error.code) : error.name;
}
