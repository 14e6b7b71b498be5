/**
 * Carries the effects that need one dependency out: intent committed → act → result recorded. Effects of one incident
 * and order key run in order, all others side by side. A failed effect is tried again with growing pauses; one that
 * cannot succeed is set aside as dead. While the dependency is unavailable only a probe goes out.
 */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { toldOf } from "../errors.ts";
import { StoreError } from "../store/errors.ts";
import type { TakenEffect } from "../store/outbox/effect.ts";
import { completeEffect, failEffect } from "../store/outbox/settle.ts";
import { nextEffectDueMs, takeEffects } from "../store/outbox/take.ts";
import type { Tx } from "../store/query.ts";
import type { Store } from "../store/store.ts";
import { Breaker, type BreakerState } from "./circuit-breaker.ts";
import { askedPauseMs, hadNoEffect, isPermanent, pauseBefore } from "./effect-failure.ts";
import { EffectLease, leaseMs } from "./effect-lease.ts";
import type { AnyExecutor, Handled, NotYet } from "./executor.ts";
import type { OutboxMetrics } from "./metrics.ts";

export interface DispatcherOptions<Subject, Event> {
  readonly store: Store;
  /** What an effect is about, as it is now; undefined when it is gone, and the effect is done then. */
  readonly load: (incident: string) => Promise<Subject | undefined>;
  /** Records what became of an effect, in the transaction that marks it done. */
  readonly record: (tx: Tx, incident: string, events: readonly Event[]) => Promise<void>;
  /** Unique per process and start. */
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: OutboxMetrics;
}

/** Notifications wake the dispatcher; this is the slow poll behind them. */
const idleMs = 30_000;
/** Effects that were due but not given, or could not be read, are looked for again after this time. */
const soonMs = 1000;
/** Effects in hand at once. Each that ends makes room for the next. */
const maxInHand = 8;
/** An error that waiting does not mend is tried this often. */
const permanentAttempts = 5;
const breakerNumber = { closed: 0, half_open: 1, open: 2 } as const;

export class OutboxDispatcher<Subject, Event> {
  readonly dependency: string;
  readonly #options: DispatcherOptions<Subject, Event>;
  readonly #handlers: AnyExecutor<Subject, Event>["handlers"];
  readonly #isUnavailable: (error: unknown) => boolean;
  readonly #kinds: readonly string[];
  readonly #breaker = new Breaker();
  readonly #inHand = new Set<Promise<void>>();
  #wake = new AbortController();
  /** Why the last look failed, with what to do. */
  #problem: string | undefined;
  /** Why the dependency is left alone, while it is. */
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
  }

  /** Something may be due. */
  wake(): void {
    this.#wake.abort();
  }

  /** Why promised effects cannot be read now; undefined while they can. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Why the dependency is left alone now; undefined while it is asked. */
  get unavailableReason(): string | undefined {
    return this.#unavailableReason;
  }

  /** Until the signal aborts; then waits for the effects in hand. */
  async run(stopping: AbortSignal): Promise<void> {
    const { clock, logger, metrics } = this.#options;
    while (!stopping.aborted) {
      this.#wake = new AbortController();
      const pauseMs = await this.#round().catch((error: unknown) => {
        metrics.outboxReadFailures.inc();
        if (this.#problem === undefined)
          logger.warn({ err: error }, "reading the outbox failed; it is tried again");
        this.#problem = toldOf(error);
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

  /** @returns how long nothing is to be done unless something wakes us, ms */
  async #round(): Promise<number> {
    const { store, clock, owner, metrics } = this.#options;
    const nowMs = clock.now();
    const state = this.#state();
    // What is promised meanwhile is no reason to ask a dependency that is unavailable.
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
      // Another process did what was left: no probe will follow, and nothing waits for one.
      this.#answered();
      return idleMs;
    }
    const waitMs = dueMs - clock.now();
    // A due effect that was not given waits behind another one, or another process holds it and may be gone.
    return Math.min(idleMs, waitMs > 0 ? waitMs : soonMs);
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
        await this.#askAgain(taken, result);
        return;
      }
      await this.#complete(taken, "asked" in result ? result.events : result);
      metrics.effectsDone.inc({ kind });
    } catch (error) {
      metrics.effectFailures.inc({ kind });
      logger.warn({ effect: taken.id, attempt: taken.attempt, err: error }, "effect failed");
      this.#noteFailure(error);
      await this.#fail(taken, error).catch((err: unknown) => {
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
    const subject = await this.#options.load(taken.incident);
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
    });
    if (!("asked" in result)) this.#answered();
    return result;
  }

  async #askAgain(taken: TakenEffect, { notYet, askAgainInMs }: NotYet): Promise<void> {
    const { store, clock } = this.#options;
    const retryAtMs = clock.now() + askAgainInMs;
    await failEffect(store, taken, { error: notYet, retryAtMs, noEffect: true });
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
    this.#state();
    if (this.#unavailableReason === undefined) return;
    this.#unavailableReason = undefined;
    this.#options.logger.info({ dependency: this.dependency }, "dependency is asked freely again");
  }

  #noteFailure(error: unknown): void {
    const { clock, logger } = this.#options;
    if (error instanceof StoreError) return;
    // A refusal is an answer too.
    if (!this.#isUnavailable(error)) {
      this.#answered();
      return;
    }
    this.#breaker.failed(clock.now(), askedPauseMs(error));
    if (this.#state() === "closed") return;
    if (this.#unavailableReason === undefined) {
      logger.warn({ dependency: this.dependency, err: error }, "dependency is away; left alone");
    }
    this.#unavailableReason = toldOf(error);
  }

  async #fail(taken: TakenEffect, error: unknown): Promise<void> {
    const { store, clock, metrics, logger } = this.#options;
    const told = toldOf(error);
    // An unavailable dependency says nothing about this effect: it waits.
    const permanent = isPermanent(error) && !this.#isUnavailable(error);
    if (permanent && taken.attempt >= permanentAttempts) {
      metrics.effectsDead.inc({ kind: taken.effect.kind });
      logger.error({ effect: taken.id, err: error }, "effect set aside after its last attempt");
      await failEffect(store, taken, { error: told, dead: true });
      return;
    }
    // While the dependency is unavailable its breaker says when; the effect's own pause would only come on top.
    const retryAtMs = this.#breaker.retryAtMs ?? clock.now() + pauseBefore(taken.attempt, error);
    await failEffect(store, taken, { error: told, retryAtMs, noEffect: hadNoEffect(error) });
  }
}
