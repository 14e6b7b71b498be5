/** Polls a source while this process holds it, and stands by while another one does. */
import { setTimeout as timer } from "node:timers/promises";
import type { Logger } from "pino";
import { messageOf } from "../errors.ts";
import type { Health } from "../health.ts";
import type { SourceHolding, SourceLease } from "./lease.ts";
import type { SourceMetrics } from "./metrics.ts";
import type { Poller } from "./poller.ts";
import type { SourceProgress } from "./progress.ts";

export interface LeasedPollerDeps {
  /** The key below `sources:`. */
  readonly source: string;
  readonly lease: SourceLease;
  readonly startPoller: (progress: SourceProgress) => Poller;
  readonly logger: Logger;
  readonly metrics: Pick<SourceMetrics, "held" | "takeovers">;
}

/** Asked so often within a lease's time that three answers may fail before it is lost. */
const asksATtl = 4;

interface Polling {
  readonly epoch: number;
  readonly poller: Poller;
}

/**
 * A holder that cannot renew lets go before its lease is over. One that was paused for longer finds a newer epoch or no
 * lease when it wakes: it forgets what it read and begins anew from what is stored. What it sends until then comes from
 * windows that were stored, so the new holder sends the same under the same numbers, and detection drops the repetition
 * by position; a new window it cannot open, for its save is refused.
 */
export class LeasedPoller {
  readonly #deps: LeasedPollerDeps;
  readonly #labels: { readonly source: string };
  readonly #stopping = new AbortController();
  readonly #working: Promise<void>;
  #polling: Polling | undefined;
  #heldUntil = 0;
  #unanswered = false;
  /** How it is while it does not poll. */
  #idle: Health = { ok: false, reason: "it is not known yet who polls this source" };

  constructor(deps: LeasedPollerDeps) {
    this.#deps = deps;
    this.#labels = { source: deps.source };
    this.#working = this.#run();
  }

  /** A process without the lease is ready too: it stands by. */
  health(): Health {
    return this.#polling?.poller.health() ?? this.#idle;
  }

  /** Stops polling, then lets others have the source. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  async #run(): Promise<void> {
    const { lease } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#follow(await this.#ask());
      // Real time, as the lease's.
      await timer(lease.ttlMs / asksATtl, undefined, { signal }).catch(() => undefined);
    }
    await this.#letGo();
    await lease.release().catch((err: unknown) => {
      this.#deps.logger.warn({ err }, "releasing the source failed; its lease expires");
    });
  }

  async #ask(): Promise<SourceHolding | "another's" | "unanswered"> {
    const { lease, logger } = this.#deps;
    const askedAt = performance.now();
    try {
      const holding = await lease.take();
      this.#unanswered = false;
      this.#idle = { ok: true };
      if (holding === undefined) return "another's";
      this.#heldUntil = askedAt + lease.ttlMs;
      return holding;
    } catch (err) {
      if (!this.#unanswered) logger.warn({ err }, "asking for the source failed");
      this.#unanswered = true;
      this.#idle = { ok: false, reason: `asking for its lease failed: ${messageOf(err)}` };
      return "unanswered";
    }
  }

  async #follow(answer: SourceHolding | "another's" | "unanswered"): Promise<void> {
    const { logger, metrics, startPoller } = this.#deps;
    if (answer === "unanswered" && performance.now() < this.#heldUntil) return;
    if (typeof answer === "string") return this.#letGo();
    if (answer.epoch === this.#polling?.epoch) return;
    await this.#letGo();
    logger.info({ epoch: answer.epoch }, "source taken");
    metrics.takeovers.inc(this.#labels);
    metrics.held.set(this.#labels, 1);
    this.#polling = { epoch: answer.epoch, poller: startPoller(answer.progress) };
  }

  async #letGo(): Promise<void> {
    const polling = this.#polling;
    this.#polling = undefined;
    this.#deps.metrics.held.set(this.#labels, 0);
    if (polling === undefined) return;
    await polling.poller.stop();
    this.#deps.logger.info({ epoch: polling.epoch }, "source let go");
  }
}
