/**
 * Carries promised effects out: intent committed → act → result recorded. Effects of one incident go in order, those of
 * different incidents side by side. What failed is tried again with growing pauses; what cannot succeed is set aside
 * as dead, visible in metrics.
 */
import { randomInt } from "node:crypto";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { DriftwardenError, messageOf } from "../errors.ts";
import { getIncident } from "../store/incidents/incident.ts";
import { appendJournal, type JournalEntry } from "../store/journal/append.ts";
import type { TakenEffect } from "../store/outbox/effect.ts";
import { completeEffect, failEffect, recordIntent } from "../store/outbox/settle.ts";
import { nextEffectDueMs, renewEffect, takeEffects } from "../store/outbox/take.ts";
import type { Store } from "../store/store.ts";
import { type ApplyOptions, applyResult } from "./apply.ts";
import type { EffectHandler, EffectHandlers } from "./effect-handler.ts";
import type { IncidentEvent } from "./event.ts";
import type { Effect, Incident } from "./incident.ts";
import type { IncidentsMetrics } from "./metrics.ts";

export interface EffectsWorkerOptions {
  readonly store: Store;
  readonly handlers: EffectHandlers;
  readonly apply: ApplyOptions;
  /** Unique per process and start. */
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: IncidentsMetrics;
}

/** After a crash another worker takes the effect over when this has passed. */
const leaseMs = 30_000;
/** Notifications wake the worker; this is the slow look behind them. */
const idleMs = 30_000;
const atOnce = 8;
const firstPauseMs = 1000;
const longestPauseMs = 300_000;
/** A mistake that waiting does not mend is tried this often. */
const hopelessAttempts = 5;

export class EffectsWorker {
  readonly #options: EffectsWorkerOptions;
  readonly #stopping = new AbortController();
  #wake = new AbortController();
  #working: Promise<void> | undefined;
  /** Why the last look failed, with what to do. */
  #problem: string | undefined;

  constructor(options: EffectsWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    const unlisten = this.#options.store.listen("outbox", () => this.#wake.abort());
    this.#working = this.#work().finally(unlisten);
  }

  /** Ok while promised effects can be read; what an effect itself meets is no illness of the outbox. */
  health(): { readonly ok: boolean; readonly reason?: string } {
    return this.#problem === undefined ? { ok: true } : { ok: false, reason: this.#problem };
  }

  /** Waits for the effects in hand. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { clock, logger, metrics } = this.#options;
    while (!this.#stopping.signal.aborted) {
      this.#wake = new AbortController();
      metrics.outboxReads.inc();
      const pauseMs = await this.#round().catch((error: unknown) => {
        metrics.outboxReadFailures.inc();
        if (this.#problem === undefined)
          logger.warn({ err: error }, "reading the outbox failed; it is tried again");
        this.#problem = toldOf(error);
        return firstPauseMs;
      });
      if (pauseMs > 0)
        await clock.sleep(pauseMs, AbortSignal.any([this.#wake.signal, this.#stopping.signal]));
    }
  }

  /** @returns how long nothing is due, ms */
  async #round(): Promise<number> {
    const { store, clock, owner } = this.#options;
    const nowMs = clock.now();
    const taken = await takeEffects(store, { owner, nowMs, leaseMs, limit: atOnce });
    this.#problem = undefined;
    await Promise.all(taken.map((effect) => this.#carryOut(effect)));
    if (taken.length > 0) return 0;
    const dueMs = await nextEffectDueMs(store);
    const waitMs = dueMs === undefined ? idleMs : dueMs - clock.now();
    // What is due but was not given waits behind another effect, or in other hands.
    return Math.min(idleMs, waitMs > 0 ? waitMs : firstPauseMs);
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
      await this.#complete(taken, events);
      metrics.effectsDone.inc({ kind });
    } catch (error) {
      metrics.effectFailures.inc({ kind });
      logger.warn({ effect: taken.id, attempt: taken.attempt, err: error }, "effect failed");
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

  async #fail(taken: TakenEffect, error: unknown): Promise<void> {
    const { store, clock, metrics, logger } = this.#options;
    const told = messageOf(error);
    if (isHopeless(error) && taken.attempt >= hopelessAttempts) {
      metrics.effectsDead.inc({ kind: taken.effect.kind });
      logger.error({ effect: taken.id, err: error }, "effect set aside after its last attempt");
      await failEffect(store, taken, { error: told, dead: true });
      return;
    }
    const retryAtMs = clock.now() + pauseBefore(taken.attempt, error);
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

/** What the other side, or whoever knows what people must mend first, asked for; ms. */
function askedPauseMs(error: unknown): number | undefined {
  const asked =
    typeof error === "object" && error !== null && "retryAfterMs" in error ? error.retryAfterMs : 0;
  return typeof asked === "number" && asked > 0 ? asked : undefined;
}

function isHopeless(error: unknown): boolean {
  return error instanceof DriftwardenError && !error.retryable && askedPauseMs(error) === undefined;
}

function toldOf(error: unknown): string {
  const told = messageOf(error);
  return error instanceof DriftwardenError ? `${told}. ${error.hint}` : told;
}

/** Capped exponential with full jitter; what was asked for is honoured. */
function pauseBefore(attempt: number, error: unknown): number {
  const ceiling = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 20));
  return Math.max(askedPauseMs(error) ?? 0, randomInt(firstPauseMs / 2, ceiling));
}

function hadNoEffect(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "maybeApplied" in error &&
    error.maybeApplied === false
  );
}
