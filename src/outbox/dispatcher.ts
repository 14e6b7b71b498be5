/**
 * Carries the effects that need one dependency out: intent committed → act → result recorded. Effects of one incident
 * go in order, those of different incidents side by side. What failed is tried again with growing pauses; what cannot
 * succeed is set aside as dead. While the dependency is away only a probe goes out.
 */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { toldOf } from "../errors.ts";
import type { IncidentEvent } from "../incidents/event.ts";
import type { Effect, Incident } from "../incidents/incident.ts";
import { type ApplyOptions, applyResult } from "../incidents/record-events.ts";
import { StoreError } from "../store/errors.ts";
import { getIncident } from "../store/incidents/incident.ts";
import { appendJournal, type JournalEntry } from "../store/journal/append.ts";
import type { TakenEffect } from "../store/outbox/effect.ts";
import { completeEffect, failEffect } from "../store/outbox/settle.ts";
import { nextEffectDueMs, takeEffects } from "../store/outbox/take.ts";
import type { Store } from "../store/store.ts";
import { Breaker, type BreakerState } from "./circuit-breaker.ts";
import { type Dependency, type IsAway, kindsOf } from "./dependency.ts";
import { askedPauseMs, hadNoEffect, isHopeless, pauseBefore } from "./effect-failure.ts";
import { EffectLease, leaseMs } from "./effect-lease.ts";
import type { EffectHandler, EffectHandlers, Unasked } from "./executor.ts";
import type { OutboxMetrics } from "./metrics.ts";

export interface EffectsOptions {
  readonly store: Store;
  readonly handlers: EffectHandlers;
  readonly isAway: IsAway;
  readonly apply: ApplyOptions;
  /** Unique per process and start. */
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: OutboxMetrics;
}

/** Notifications wake the lane; this is the slow look behind them. */
const idleMs = 30_000;
/** What was due and not given, or could not be read, is looked for again. */
const soonMs = 1000;
/** Effects in hand; each that ends makes room for the next, whatever the others wait for. */
const atOnce = 8;
/** A mistake that waiting does not mend is tried this often. */
const hopelessAttempts = 5;
const breakerNumber = { closed: 0, half_open: 1, open: 2 } as const;

export class EffectsLane {
  readonly dependency: Dependency;
  readonly #options: EffectsOptions;
  readonly #kinds: readonly string[];
  readonly #breaker = new Breaker();
  readonly #inHand = new Set<Promise<void>>();
  #wake = new AbortController();
  /** Why the last look failed, with what to do. */
  #problem: string | undefined;
  /** Why the dependency is left alone, while it is. */
  #awayBecause: string | undefined;

  constructor(dependency: Dependency, options: EffectsOptions) {
    this.dependency = dependency;
    this.#options = options;
    this.#kinds = kindsOf(dependency);
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
  get awayBecause(): string | undefined {
    return this.#awayBecause;
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
    // What is promised meanwhile is no reason to ask a dependency that is away.
    if (state === "open") return Math.max(1, (this.#breaker.retryAtMs ?? 0) - nowMs);
    const limit = (state === "closed" ? atOnce : 1) - this.#inHand.size;
    if (limit <= 0) return idleMs;
    const kinds = this.#kinds;
    metrics.outboxReads.inc();
    const taken = await takeEffects(store, { owner, nowMs, leaseMs, limit, kinds });
    this.#problem = undefined;
    for (const effect of taken) this.#begin(effect);
    if (taken.length === limit) return 0;
    const dueMs = await nextEffectDueMs(store, kinds);
    if (dueMs === undefined) {
      // Another process did what was left: nothing will probe, and nothing waits.
      this.#answered();
      return idleMs;
    }
    const waitMs = dueMs - clock.now();
    // What is due but was not given waits behind another effect, or in other hands: its holder may be gone.
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
      const events = await this.#act(taken, lease);
      await this.#complete(taken, events);
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

  async #act(taken: TakenEffect, lease: EffectLease): Promise<readonly IncidentEvent[]> {
    const { store, handlers } = this.#options;
    const incident = await getIncident(store, taken.incident);
    if (incident === undefined) return [];
    await lease.begin();
    const attempt = {
      id: taken.id,
      attempt: taken.attempt,
      unknown: taken.intent !== null,
      sinceActMs: lease.sinceActMs,
      lastError: taken.lastError ?? undefined,
      mayAct: () => lease.mayAct(),
    };
    const result = await dispatch(handlers, { effect: taken.effect, incident, attempt });
    if ("asked" in result) return result.events;
    this.#answered();
    return result;
  }

  async #complete(taken: TakenEffect, events: readonly IncidentEvent[]): Promise<void> {
    const { store, apply } = this.#options;
    await store.transaction(async (tx) => {
      await completeEffect(tx, taken, events);
      const happened: JournalEntry[] = [];
      for (const event of events) {
        happened.push(await applyResult(tx, { event, incident: taken.incident }, apply));
      }
      await appendJournal(tx, happened);
    });
  }

  #answered(): void {
    this.#breaker.succeeded();
    this.#state();
    if (this.#awayBecause === undefined) return;
    this.#awayBecause = undefined;
    this.#options.logger.info({ dependency: this.dependency }, "dependency is asked freely again");
  }

  #noteFailure(error: unknown): void {
    const { clock, isAway, logger } = this.#options;
    if (error instanceof StoreError) return;
    // A refusal is an answer too.
    if (!isAway(this.dependency, error)) {
      this.#answered();
      return;
    }
    this.#breaker.failed(clock.now(), askedPauseMs(error));
    if (this.#state() === "closed") return;
    if (this.#awayBecause === undefined) {
      logger.warn({ dependency: this.dependency, err: error }, "dependency is away; left alone");
    }
    this.#awayBecause = toldOf(error);
  }

  async #fail(taken: TakenEffect, error: unknown): Promise<void> {
    const { store, clock, isAway, metrics, logger } = this.#options;
    const told = toldOf(error);
    // What ails the dependency says nothing of this effect: it waits.
    const hopeless = isHopeless(error) && !isAway(this.dependency, error);
    if (hopeless && taken.attempt >= hopelessAttempts) {
      metrics.effectsDead.inc({ kind: taken.effect.kind });
      logger.error({ effect: taken.id, err: error }, "effect set aside after its last attempt");
      await failEffect(store, taken, { error: told, dead: true });
      return;
    }
    // While the dependency is away its breaker says when; the effect's own pause would only come on top.
    const retryAtMs = this.#breaker.retryAtMs ?? clock.now() + pauseBefore(taken.attempt, error);
    await failEffect(store, taken, { error: told, retryAtMs, noEffect: hadNoEffect(error) });
  }
}

function dispatch<Kind extends Effect["kind"]>(
  handlers: EffectHandlers,
  given: {
    readonly effect: Extract<Effect, { kind: Kind }>;
    readonly incident: Incident;
    readonly attempt: Parameters<EffectHandler<Kind>>[2];
  },
): Promise<readonly IncidentEvent[] | Unasked> {
  const handler: EffectHandler<Kind> = handlers[given.effect.kind];
  return handler(given.effect, given.incident, given.attempt);
}
