/**
 * Carries the effects that need one dependency out: intent committed → act → result recorded. Effects of one incident
 * go in order, those of different incidents side by side. What failed is tried again with growing pauses; what cannot
 * succeed is set aside as dead. While the dependency is away only a probe goes out.
 */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { DriftwardenError, messageOf } from "../errors.ts";
import { StoreError } from "../store/errors.ts";
import { getIncident } from "../store/incidents/incident.ts";
import { appendJournal, type JournalEntry } from "../store/journal/append.ts";
import type { TakenEffect } from "../store/outbox/effect.ts";
import { completeEffect, failEffect, recordIntent } from "../store/outbox/settle.ts";
import { nextEffectDueMs, renewEffect, takeEffects } from "../store/outbox/take.ts";
import type { Store } from "../store/store.ts";
import { type ApplyOptions, applyResult } from "./apply.ts";
import { Breaker, type BreakerState } from "./breaker.ts";
import { type Dependency, type IsAway, kindsOf } from "./dependency.ts";
import { askedPauseMs, hadNoEffect, isHopeless, pauseBefore } from "./effect-failure.ts";
import type { EffectHandler, EffectHandlers } from "./effect-handler.ts";
import type { IncidentEvent } from "./event.ts";
import type { Effect, Incident } from "./incident.ts";
import type { IncidentsMetrics } from "./metrics.ts";

export interface EffectsOptions {
  readonly store: Store;
  readonly handlers: EffectHandlers;
  readonly isAway: IsAway;
  readonly apply: ApplyOptions;
  /** Unique per process and start. */
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: IncidentsMetrics;
}

/** After a crash another worker takes the effect over when this has passed. */
const leaseMs = 30_000;
/** Notifications wake the lane; this is the slow look behind them. */
const idleMs = 30_000;
/** What was due and not given, or could not be read, is looked for again. */
const soonMs = 1000;
const atOnce = 8;
/** A mistake that waiting does not mend is tried this often. */
const hopelessAttempts = 5;
const breakerNumber = { closed: 0, half_open: 1, open: 2 } as const;

export class EffectsLane {
  readonly dependency: Dependency;
  readonly #options: EffectsOptions;
  readonly #kinds: readonly string[];
  readonly #breaker = new Breaker();
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
      metrics.outboxReads.inc();
      const pauseMs = await this.#round().catch((error: unknown) => {
        metrics.outboxReadFailures.inc();
        if (this.#problem === undefined)
          logger.warn({ err: error }, "reading the outbox failed; it is tried again");
        this.#problem = toldOf(error);
        return soonMs;
      });
      // What is promised meanwhile is no reason to ask a dependency that is away.
      const woken = this.#state() === "open" ? [] : [this.#wake.signal];
      if (pauseMs > 0) await clock.sleep(pauseMs, AbortSignal.any([...woken, stopping]));
    }
  }

  #state(): BreakerState {
    const state = this.#breaker.state(this.#options.clock.now());
    this.#options.metrics.breakerState.set({ dependency: this.dependency }, breakerNumber[state]);
    return state;
  }

  /** @returns how long nothing is to be done, ms */
  async #round(): Promise<number> {
    const { store, clock, owner } = this.#options;
    const nowMs = clock.now();
    const state = this.#state();
    if (state === "open") return Math.max(1, (this.#breaker.retryAtMs ?? 0) - nowMs);
    const limit = state === "closed" ? atOnce : 1;
    const kinds = this.#kinds;
    const taken = await takeEffects(store, { owner, nowMs, leaseMs, limit, kinds });
    this.#problem = undefined;
    await Promise.all(taken.map((effect) => this.#carryOut(effect)));
    if (taken.length > 0) return 0;
    const dueMs = await nextEffectDueMs(store, kinds);
    // Another process did what was left: nothing will probe, and nothing waits.
    if (dueMs === undefined && state === "half_open") this.#answered();
    const waitMs = dueMs === undefined ? idleMs : dueMs - clock.now();
    // What is due but was not given waits behind another effect, or in other hands.
    return Math.min(idleMs, waitMs > 0 ? waitMs : soonMs);
  }

  async #carryOut(taken: TakenEffect): Promise<void> {
    const { store, metrics, logger } = this.#options;
    const { kind } = taken.effect;
    metrics.effectAttempts.inc({ kind });
    const renewing = setInterval(() => {
      renewEffect(store, taken, leaseMs).catch(() => undefined);
    }, leaseMs / 3);
    try {
      const events = await this.#act(taken);
      this.#answered();
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
      clearInterval(renewing);
    }
  }

  async #act(taken: TakenEffect): Promise<readonly IncidentEvent[]> {
    const { store, handlers } = this.#options;
    const incident = await getIncident(store, taken.incident);
    if (incident === undefined) return [];
    const unknown = taken.intent !== null;
    await recordIntent(store, taken, { attempt: taken.attempt });
    const attempt = { id: taken.id, attempt: taken.attempt, unknown };
    return dispatch(handlers, { effect: taken.effect, incident, attempt });
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
    const { store, clock, metrics, logger } = this.#options;
    const told = messageOf(error);
    if (isHopeless(error) && taken.attempt >= hopelessAttempts) {
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
): Promise<readonly IncidentEvent[]> {
  const handler: EffectHandler<Kind> = handlers[given.effect.kind];
  return handler(given.effect, given.incident, given.attempt);
}

function toldOf(error: unknown): string {
  const told = messageOf(error);
  return error instanceof DriftwardenError ? `${told}. ${error.hint}` : told;
}
