/** Logs once when the watermark falls behind, and once when it has caught up. */
import type { Logger } from "pino";

export class HorizonWatch {
  readonly #logger: Logger;
  readonly #tolerableMs: number;
  #held = false;

  /** @param tolerableMs an age of the watermark that is nothing to speak of */
  constructor(logger: Logger, tolerableMs: number) {
    this.#logger = logger;
    this.#tolerableMs = tolerableMs;
  }

  /** @param ageMs how far the watermark is behind the source's clock */
  observe(ageMs: number): void {
    const held = ageMs > this.#tolerableMs;
    if (held === this.#held) return;
    this.#held = held;
    const age_seconds = Math.round(ageMs / 1000);
    if (!held) return this.#logger.info({ age_seconds }, "watermark moves again");
    this.#logger.warn(
      {
        age_seconds,
        hint: "A long transaction is open on the source's server, in any of its databases: look for the oldest xact_start in pg_stat_activity, and in pg_prepared_xacts. Its rows and all later ones wait for its end; nothing is lost, and no model is called silent meanwhile.",
      },
      "watermark held back",
    );
  }
}
