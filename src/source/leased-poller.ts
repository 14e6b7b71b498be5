/**
 * Polls a source while this process holds its lease, and stands by while another process does.
 *
 * # State model
 *
 *     standing by ──lease taken──► polling
 *     polling ──another process holds the lease, or no answer until heldUntil──► standing by
 *     polling ──lease taken again with the next epoch──► polling: nobody held it meanwhile
 *     polling ──lease taken again with a later epoch───► a new poller, from the stored progress
 *
 * # Trust window
 *
 *     heldUntil = requestSent + TTL     on this machine's monotonic clock
 *
 * The process asks for the lease four times within a TTL. If the store does not answer, it polls until `heldUntil`.
 * Another process cannot get the lease before that. The first failed request after it stops the poller.
 *
 * # Failure handling
 *
 * A process may be paused for longer than the TTL, or have an event loop that is late by seconds. When it resumes,
 * another process may have polled meanwhile.
 *
 * - The next request shows this: the epoch has grown by more than one, or the lease belongs to another process. The
 *   process drops its state in memory. If it gets the lease again, it starts from the stored progress.
 * - The epoch has grown by one: this process itself took the expired lease again, and nobody polled meanwhile. It keeps
 *   the acknowledged position of an open window. A starved process would otherwise send the same window again and
 *   again.
 * - Before that request the process may send pages of windows that it had opened. These windows are stored, so the new
 *   holder sends the same rows under the same numbers. Detection drops the second copy by position.
 * - The process cannot open a new window. A window is stored before its first page is sent, and the store refuses a
 *   save under an old epoch.
 */
import { setTimeout as timer } from "node:timers/promises";
import type { Logger } from "pino";
import { messageOf } from "../errors.ts";
import type { Health } from "../health.ts";
import type { Round } from "../rounds.ts";
import type { SourceHolding, SourceLease } from "./lease.ts";
import type { SourceMetrics } from "./metrics.ts";
import type { Poller } from "./poller.ts";
import type { SourceProgress } from "./progress.ts";
import type { SourceRows } from "./source-rows.ts";

export interface LeasedPollerDeps {
  /** The key below `sources:`. */
  readonly source: string;
  readonly lease: SourceLease;
  readonly startPoller: (progress: SourceProgress) => Poller;
  readonly logger: Logger;
  readonly metrics: Pick<SourceMetrics, "held" | "takeovers">;
  /** Runs each request for the lease, so that the watchdog sees one that does not end. Default: nobody watches. */
  readonly round?: Pick<Round, "run">;
}

/** Requests within one TTL: three in a row may fail before the lease is lost. */
const asksATtl = 4;

interface Polling {
  readonly epoch: number;
  readonly poller: Poller;
  readonly progress: CurrentProgress;
}

/** The progress of the newest holding. A poller that continues under a new epoch saves through it. */
class CurrentProgress implements SourceProgress {
  #holding: SourceProgress;

  constructor(holding: SourceProgress) {
    this.#holding = holding;
  }

  follow(holding: SourceProgress): void {
    this.#holding = holding;
  }

  load(...given: Parameters<SourceProgress["load"]>): ReturnType<SourceProgress["load"]> {
    return this.#holding.load(...given);
  }

  save(...given: Parameters<SourceProgress["save"]>): ReturnType<SourceProgress["save"]> {
    return this.#holding.save(...given);
  }
}

/** The lease protocol is explained at the top of this file. */
export class LeasedPoller {
  readonly #deps: LeasedPollerDeps;
  readonly #labels: { readonly source: string };
  readonly #stopping = new AbortController();
  readonly #working: Promise<void>;
  #polling: Polling | undefined;
  #heldUntil = 0;
  #unanswered = false;
  /** Health while this process does not poll. */
  #idle: Health = { ok: false, reason: "it is not known yet who polls this source" };

  constructor(deps: LeasedPollerDeps) {
    this.#deps = deps;
    this.#labels = { source: deps.source };
    this.#working = this.#run();
  }

  /** A process that stands by is healthy too. */
  health(): Health {
    return this.#polling?.poller.health() ?? this.#idle;
  }

  /** The counts of rows read; undefined while this process does not poll the source. */
  rows(): SourceRows | undefined {
    return this.#polling?.poller.rows();
  }

  /** Stops polling, then releases the lease. Another process can then take it at once. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  async #run(): Promise<void> {
    const { lease, round } = this.#deps;
    const { signal } = this.#stopping;
    const askAndFollow = async (): Promise<void> => this.#follow(await this.#ask());
    while (!signal.aborted) {
      await (round?.run(askAndFollow) ?? askAndFollow());
      // Waits in real time, because the lease is in real time.
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
    const { epoch } = answer;
    if (epoch === this.#polling?.epoch) return;
    metrics.takeovers.inc(this.#labels);
    if (this.#polling?.epoch === epoch - 1) {
      this.#polling.progress.follow(answer.progress);
      this.#polling = { ...this.#polling, epoch };
      logger.info({ epoch }, "source kept: its lease had expired, and nobody had taken it");
      return;
    }
    await this.#letGo();
    logger.info({ epoch }, "source taken");
    metrics.held.set(this.#labels, 1);
    const progress = new CurrentProgress(answer.progress);
    this.#polling = { epoch, progress, poller: startPoller(progress) };
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
