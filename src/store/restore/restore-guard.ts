/** Touches the store every minute, notes times without a touch, and logs when the store was found restored. restore.ts explains the detection. */
import type { Logger } from "pino";
import type { Clock } from "../../clock.ts";
import type { StoreMetrics } from "../metrics.ts";
import type { Store } from "../store.ts";
import { BlindWatch } from "./blind-watch.ts";
import { touchStore } from "./restore.ts";

export interface RestoreGuardOptions {
  readonly store: Store;
  /** Real time, even in the demo, because the database's clock is compared. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<StoreMetrics, "restoredAt">;
  /** Unique per process and start. */
  readonly owner: string;
}

const intervalMs = 60_000;

export class RestoreGuard {
  readonly #options: RestoreGuardOptions;
  readonly #stopping = new AbortController();
  #working: Promise<void> | undefined;
  readonly #blind: BlindWatch;
  #restoredAtMs: number | undefined;

  constructor(options: RestoreGuardOptions) {
    this.#options = options;
    this.#blind = new BlindWatch(options.store, options.owner);
  }

  /**
   * When the store was last found restored. Decisions from before may be missing. Undefined when it never was restored.
   */
  get restoredAtMs(): number | undefined {
    return this.#restoredAtMs;
  }

  /** Resolves after the first check. @throws StoreError when the store cannot be reached */
  async start(): Promise<void> {
    await this.#touch();
    this.#working = this.#work();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stopping;
    for (;;) {
      await clock.sleep(intervalMs, signal);
      if (signal.aborted) return;
      await this.#touch().catch((error: unknown) => {
        logger.debug({ err: error }, "touching the store failed; it is tried again in a minute");
      });
    }
  }

  async #touch(): Promise<void> {
    const touch = await touchStore(this.#options.store);
    const { restoredAtMs } = touch;
    if (restoredAtMs !== undefined && restoredAtMs !== this.#restoredAtMs) {
      this.#options.logger.warn(
        { restoredAt: new Date(restoredAtMs).toISOString() },
        "the store was restored, or not used for an hour: of what was seen before, tickets are looked up and nothing is run; fixes wait until their window has passed, or until driftwarden restored --forgot-nothing",
      );
    }
    this.#restoredAtMs = restoredAtMs;
    this.#options.metrics.restoredAt.set((restoredAtMs ?? 0) / 1000);
    await this.#blind.touched(touch).catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, "a time without a sign of life was not noted");
    });
  }
}
