/**
 * Carries out the effects of one dependency, for example of the tracker.
 *
 *     taken ──► intent committed ──► handler acts ──► result and events committed: done
 *                                         │ throws
 *                                         ├──► pending: tried again after a pause
 *                                         └──► dead: waiting cannot help, and five attempts failed
 *
 * # Order
 *
 * Effects of one incident that have the same order key run one after the other. All others run in parallel, at most
 * eight at a time.
 *
 * # Failure handling
 *
 * - A failed attempt is repeated, with growing pauses and without a limit. If the error is permanent, the effect is
 *   dead after five failures. Attempts while the dependency was unavailable do not count. A person can retry a dead
 *   effect.
 * - While the dependency is unavailable, its circuit breaker is open and effects wait. One probe at a time is sent: a
 *   cheap read if the executor has one, else an effect.
 * - If this process dies, another worker takes the effect when its lease ends. It finds the stored intent and sets
 *   `unknown` in the attempt that it passes to the handler.
 */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { describeError } from "../errors.ts";
import type { Round } from "../rounds.ts";
import { StoreError } from "../store/errors.ts";
import type { Effect, TakenEffect } from "../store/outbox/effect.ts";
import { completeEffect, failEffect } from "../store/outbox/settle.ts";
import { nextEffectDueMs, takeEffects } from "../store/outbox/take.ts";
import type { Tx } from "../store/query.ts";
import type { Store } from "../store/store.ts";
import { type BreakerState, CircuitBreaker } from "./circuit-breaker.ts";
import { askedPauseMs, hadNoEffect, isPermanent, pauseBefore } from "./effect-failure.ts";
import { EffectLease, leaseMs } from "./effect-lease.ts";
import type { AnyExecutor, Handled, NotYet } from "./executor.ts";
import type { OutboxMetrics } from "./metrics.ts";

export interface DispatcherOptions<Subject, Event> {
  readonly store: Store;
  /** Loads the present subject of the effect. If it is undefined, the subject is gone and the effect counts as done. */
  readonly load: (incident: string, effect: Effect) => Promise<Subject | undefined>;
  /** Records the events of a handler, in the transaction that marks the effect done. */
  readonly record: (tx: Tx, incident: string, events: readonly Event[]) => Promise<void>;
  /** Unique per process and start. */
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: OutboxMetrics;
  /** The loop of a dependency, of which the watchdog sees a read that does not end. Default: nobody watches. */
  readonly roundOf?: (dependency: string) => Pick<Round, "run">;
}

/** Notifications wake the dispatcher. This poll finds what a lost notification would have announced. */
const idleMs = 30_000;
/** Pause before the next read, if the last one failed or the store gave us none of the due effects. */
const soonMs = 1000;
/** Most effects that are carried out at the same time. */
const maxInHand = 8;
/** From this failure on, an effect is dead if waiting cannot help its error. */
const permanentFailures = 5;
const breakerNumber = { closed: 0, half_open: 1, open: 2 } as const;

export class OutboxDispatcher<Subject, Event> {
  readonly dependency: string;
  readonly #options: DispatcherOptions<Subject, Event>;
  readonly #handlers: AnyExecutor<Subject, Event>["handlers"];
  readonly #isUnavailable: (error: unknown) => boolean;
  readonly #probe: (() => Promise<void>) | undefined;
  readonly #kinds: readonly string[];
  readonly #breaker = new CircuitBreaker();
  readonly #inHand = new Set<Promise<void>>();
  #wake = new AbortController();
  /** Why the last read of the outbox failed, and what to do about it. */
  #problem: string | undefined;
  /** Why the breaker is not closed; undefined while it is closed. */
  #unavailableReason: string | undefined;

  /** @param executors of this dependency */
  constructor(
    dependency: string,
    executors: readonly AnyExecutor<Subject, Event>[],
    options: DispatcherOptions<Subject, Event>,
  ) {
    this.dependency = dependency;
    this.#options = options;
    this.#handlers = Object.assign({}, ...executors.map(({ handlers }) => handlers));
    this.#kinds = Object.keys(this.#handlers);
    this.#isUnavailable = (error) => executors.some((executor) => executor.isUnavailable(error));
    this.#probe = executors.find(({ probe }) => probe !== undefined)?.probe;
  }

  /** Reads the due effects now. */
  wake(): void {
    this.#wake.abort();
  }

  /** Why promised effects cannot be read now; undefined while reading works. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Why the breaker is not closed; undefined while it is closed. */
  get unavailableReason(): string | undefined {
    return this.#unavailableReason;
  }

  /** Works until the signal aborts, then waits for the effects that are being carried out. */
  async run(stopping: AbortSignal): Promise<void> {
    const { clock, logger, metrics, roundOf } = this.#options;
    const round = roundOf?.(this.dependency);
    const work = (): Promise<number> => this.#round();
    while (!stopping.aborted) {
      this.#wake = new AbortController();
      const pauseMs = await (round?.run(work) ?? work()).catch((error: unknown) => {
        metrics.outboxReadFailures.inc();
        if (this.#problem === undefined)
          logger.warn({ err: error }, "reading the outbox failed; it is tried again");
        this.#problem = describeError(error);
        return soonMs;
      });
      const woken = AbortSignal.any([this.#wake.signal, stopping]);
      if (pauseMs > 0) await clock.sleep(pauseMs, woken);
    }
    await Promise.all(this.#inHand);
  }

  #state(): BreakerState {
    const state = this.#breaker.state(this.#options.clock.now());
    this.#options.metrics.breakerState.set({ dependency: this.dependency }, breakerNumber[state]);
    return state;
  }

  /** @returns how long to sleep unless something wakes us, ms */
  async #round(): Promise<number> {
    const { store, clock, owner, metrics } = this.#options;
    if (this.#state() === "half_open") await this.#askWhetherWell();
    // The clock is read after the probe, because the probe may have taken long.
    const nowMs = clock.now();
    const state = this.#state();
    // A new effect is no reason to ask a dependency that is unavailable.
    if (state === "open") return Math.max(1, (this.#breaker.retryAtMs ?? 0) - nowMs);
    const limit = (state === "closed" ? maxInHand : 1) - this.#inHand.size;
    if (limit <= 0) return idleMs;
    const kinds = this.#kinds;
    metrics.outboxReads.inc();
    const taken = await takeEffects(store, { owner, nowMs, leaseMs, limit, kinds });
    this.#problem = undefined;
    for (const effect of taken) this.#begin(effect);
    if (taken.length === limit) return 0;
    const dueMs = await nextEffectDueMs(store, kinds);
    if (dueMs === undefined) {
      // No effect is left: another process carried out the rest. No probe would follow, so the breaker closes.
      this.#answered();
      return idleMs;
    }
    const waitMs = dueMs - clock.now();
    // A due effect that we did not get waits for an earlier one, or another process holds it. That process may be dead.
    return Math.min(idleMs, waitMs > 0 ? waitMs : soonMs);
  }

  /** Sends the probe of the executor, if there is one. Its result closes the breaker or opens it again. */
  async #askWhetherWell(): Promise<void> {
    if (this.#probe === undefined) return;
    try {
      await this.#probe();
      this.#breaker.passedProbe();
      this.#noteAvailable();
    } catch (error) {
      this.#noteFailure(error);
    }
  }

  #begin(taken: TakenEffect): void {
    const work = this.#carryOut(taken).finally(() => {
      this.#inHand.delete(work);
      this.wake();
    });
    this.#inHand.add(work);
  }

  async #carryOut(taken: TakenEffect): Promise<void> {
    const { store, clock, metrics, logger } = this.#options;
    const { kind } = taken.effect;
    metrics.effectAttempts.inc({ kind });
    const lease = new EffectLease(store, taken, { clock });
    try {
      const result = await this.#act(taken, lease);
      if ("notYet" in result) {
        await this.#askAgain(lease, taken, result);
        return;
      }
      await this.#complete(taken, "contacted" in result ? result.events : result);
      metrics.effectsDone.inc({ kind });
    } catch (error) {
      metrics.effectFailures.inc({ kind });
      // The dependency watch logs an outage once, so failures during the outage are logged at debug.
      const level = this.#unavailableReason === undefined ? "warn" : "debug";
      logger[level]({ effect: taken.id, attempt: taken.attempt, err: error }, "effect failed");
      this.#noteFailure(error);
      await this.#fail(lease, taken, error).catch((err: unknown) => {
        logger.warn(
          { effect: taken.id, err },
          "recording a failed effect failed; its lease will run out",
        );
      });
    } finally {
      lease.end();
    }
  }

  async #act(taken: TakenEffect, lease: EffectLease): Promise<Handled<Event>> {
    const subject = await this.#options.load(taken.incident, taken.effect);
    if (subject === undefined) return [];
    await lease.begin();
    const handle = this.#handlers[taken.effect.kind];
    if (handle === undefined) throw new Error(`nothing carries out ${taken.effect.kind}`);
    const result = await handle(taken.effect, subject, {
      id: taken.id,
      attempt: taken.attempt,
      unknown: taken.intent !== null,
      sinceActMs: lease.sinceActMs,
      lastError: taken.lastError ?? undefined,
      mayAct: () => lease.mayAct(),
      willWrite: (names) => lease.willWrite(names),
      mayHaveWritten: lease.mayHaveWritten,
    });
    if (!("contacted" in result)) this.#answered();
    return result;
  }

  async #askAgain(
    lease: EffectLease,
    taken: TakenEffect,
    { notYet, askAgainInMs }: NotYet,
  ): Promise<void> {
    const { store, clock } = this.#options;
    const retryAtMs = clock.now() + askAgainInMs;
    await failEffect(store, taken, { error: notYet, retryAtMs, intent: lease.intentWithoutAct });
  }

  async #complete(taken: TakenEffect, events: readonly Event[]): Promise<void> {
    const { store, record } = this.#options;
    await store.transaction(async (tx) => {
      await completeEffect(tx, taken, events);
      await record(tx, taken.incident, events);
    });
  }

  #answered(): void {
    this.#breaker.succeeded();
    this.#noteAvailable();
  }

  #noteAvailable(): void {
    this.#state();
    this.#unavailableReason = undefined;
  }

  #noteFailure(error: unknown): void {
    const { clock } = this.#options;
    if (error instanceof StoreError) return;
    // A dependency that refuses a request is available.
    if (!this.#isUnavailable(error)) {
      this.#answered();
      return;
    }
    this.#breaker.failed(clock.now(), askedPauseMs(error));
    if (this.#state() === "closed") return;
    this.#unavailableReason = describeError(error);
  }

  async #fail(lease: EffectLease, taken: TakenEffect, error: unknown): Promise<void> {
    const { store, clock, metrics, logger } = this.#options;
    const told = describeError(error);
    // A failure during an outage shows nothing about this effect, so the effect does not become dead.
    const counts = !this.#isUnavailable(error);
    const failures = counts ? taken.failures + 1 : 0;
    if (isPermanent(error) && failures >= permanentFailures) {
      metrics.effectsDead.inc({ kind: taken.effect.kind });
      logger.error({ effect: taken.id, err: error }, "effect set aside after its last attempt");
      await failEffect(store, taken, { error: told, dead: true });
      return;
    }
    // While the breaker is open, it alone sets the time of the next attempt.
    const retryAtMs = this.#breaker.retryAtMs ?? clock.now() + pauseBefore(failures, error);
    const intent = hadNoEffect(error) ? lease.intentWithoutAct : undefined;
    await failEffect(store, taken, { error: told, retryAtMs, intent, counts });
  }
}
