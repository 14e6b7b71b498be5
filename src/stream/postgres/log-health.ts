/** Collects which parts of the stream make no progress and why. Logs when that begins and when all is well again. */
import type { Logger } from "pino";
import { describeError } from "../../errors.ts";
import type { Health } from "../../health.ts";

export class LogHealth {
  readonly #logger: Logger;
  /** Part → reason. A store that cannot be reached gives all parts the same reason. */
  readonly #reasons = new Map<string, string>();
  /** Causes that were logged since the trouble began. Texts change during an outage, so each cause is logged once. */
  readonly #logged = new Set<string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * @param part for example `append`, `partition 3`
   * @param error why the part makes no progress; undefined when it does
   */
  report(part: string, error: unknown): void {
    if (error === undefined) {
      if (this.#reasons.delete(part) && this.#reasons.size === 0) {
        this.#logged.clear();
        this.#logger.info("the stream in the store gets on again");
      }
      return;
    }
    const reason = describeError(error);
    this.#reasons.set(part, reason);
    const cause = causeOf(error);
    if (this.#logged.has(cause)) return;
    this.#logged.add(cause);
    this.#logger.warn(
      { part, reason },
      "the stream in the store does not get on; it is tried again",
    );
  }

  health(): Health {
    const parts = new Map<string, string[]>();
    for (const [part, reason] of this.#reasons) {
      parts.set(reason, [...(parts.get(reason) ?? []), part]);
    }
    const reasons = [...parts].map(([reason, ill]) => `${ill.join(", ")}: ${reason}`);
    return reasons.length === 0 ? { ok: true } : { ok: false, reason: reasons.join("; ") };
  }
}

/** The cause from a bounded set: the code of the error, or else its class. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return "code" in error ? String(error.code) : error.name;
}
