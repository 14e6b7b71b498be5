/** Collects what is wrong with the stream, for readiness, and whether it can still be trusted. */
import type { Logger } from "pino";
import type { Health } from "../../health.ts";
import type { KafkaStreamError } from "./errors.ts";

/** Collects what each part of the stream says of itself. */
export class StreamHealth {
  readonly #logger: Logger;
  readonly #reasons = new Map<string, string>();
  readonly #breaking = new AbortController();
  #broken: KafkaStreamError | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Set once the stream is not the one we know; nothing may be read or written after it. */
  get broken(): KafkaStreamError | undefined {
    return this.#broken;
  }

  /** Aborts when the stream breaks. */
  get breaking(): AbortSignal {
    return this.#breaking.signal;
  }

  /** @throws KafkaStreamError when the stream is broken */
  assertWhole(): void {
    if (this.#broken !== undefined) throw this.#broken;
  }

  break(error: KafkaStreamError): void {
    if (this.#broken !== undefined) return;
    this.#broken = error;
    this.#logger.error({ err: error, hint: error.hint }, "stream stopped");
    this.#breaking.abort();
  }

  /** @param reason why the part is ill; undefined when it is well */
  report(part: string, reason: string | undefined): void {
    if (reason === undefined) this.#reasons.delete(part);
    else this.#reasons.set(part, reason);
  }

  health(): Health {
    const reasons = this.#broken ? [this.#broken.message] : [...this.#reasons.values()];
    return reasons.length === 0 ? { ok: true } : { ok: false, reason: reasons.join("; ") };
  }
}
