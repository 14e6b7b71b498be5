/** The metrics of the outbox: attempts, their results, and the circuit breakers. */
import { Counter, Gauge, type Registry } from "prom-client";

export interface OutboxMetrics {
  readonly outboxEffects: Gauge<"status">;
  readonly outboxReads: Counter;
  readonly outboxReadFailures: Counter;
  readonly effectAttempts: Counter<"kind">;
  readonly effectsDone: Counter<"kind">;
  readonly effectFailures: Counter<"kind">;
  readonly effectsDead: Counter<"kind">;
  readonly breakerState: Gauge<"dependency">;
}

/**
 * @param registry where they are registered
 * @param effects counts promised effects in the store, by status; called at each scrape
 */
export function outboxMetrics(
  registry: Registry,
  effects: () => Promise<Readonly<Record<string, number>>>,
): OutboxMetrics {
  const registers = [registry];
  return {
    ...effectCounters(registry),
    outboxEffects: countedEffects(registry, effects),
    outboxReads: new Counter({
      name: "driftwarden_outbox_reads_total",
      help: "Searches for promised effects that are due.",
      registers,
    }),
    outboxReadFailures: new Counter({
      name: "driftwarden_outbox_read_failures_total",
      help: "Searches for due effects that failed; they are repeated.",
      registers,
    }),
    breakerState: new Gauge({
      name: "driftwarden_breaker_state",
      help: "State of a dependency's circuit breaker: 0 closed, requests are sent; 1 half open, one probe is sent; 2 open, none are sent.",
      labelNames: ["dependency"] as const,
      registers,
    }),
  };
}

function effectCounters(
  registry: Registry,
): Pick<OutboxMetrics, "effectAttempts" | "effectsDone" | "effectFailures" | "effectsDead"> {
  const counter = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ["kind"] as const, registers: [registry] });
  return {
    effectAttempts: counter(
      "driftwarden_effect_attempts_total",
      "Attempts to carry out a promised effect, by kind.",
    ),
    effectsDone: counter(
      "driftwarden_effects_done_total",
      "Promised effects carried out, by kind.",
    ),
    effectFailures: counter("driftwarden_effect_failures_total", "Attempts that failed, by kind."),
    effectsDead: counter(
      "driftwarden_effects_dead_total",
      "Effects set aside after their last attempt, by kind.",
    ),
  };
}

function countedEffects(
  registry: Registry,
  effects: () => Promise<Readonly<Record<string, number>>>,
): Gauge<"status"> {
  return new Gauge({
    name: "driftwarden_outbox_effects",
    help: "Promised effects, by status.",
    labelNames: ["status"] as const,
    registers: [registry],
    async collect() {
      const counts = await effects().catch(() => ({}));
      this.reset();
      for (const [status, count] of Object.entries(counts)) this.set({ status }, count);
    },
  });
}

/** @param ages order key → age of its oldest effect that is due or was tried, ms; called at each scrape */
export function oldestEffectMetric(
  registry: Registry,
  ages: () => Promise<ReadonlyMap<string, number>>,
): Gauge<"order_key"> {
  return new Gauge({
    name: "driftwarden_outbox_oldest_seconds",
    help: "Age of the oldest promised effect that is due or was tried, by order key; absent while there is none.",
    labelNames: ["order_key"] as const,
    registers: [registry],
    async collect() {
      const known = await ages().catch(() => new Map<string, number>());
      this.reset();
      for (const [orderKey, ms] of known) this.set({ order_key: orderKey }, Math.max(0, ms) / 1000);
    },
  });
}
