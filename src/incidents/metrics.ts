/** The metrics of incidents and of the outbox. */
import { Counter, Gauge, type Registry } from "prom-client";

interface OutboxCounters {
  readonly outboxReads: Counter;
  readonly outboxReadFailures: Counter;
}

interface EffectsMetrics extends OutboxCounters {
  readonly effectAttempts: Counter<"kind">;
  readonly effectsDone: Counter<"kind">;
  readonly effectFailures: Counter<"kind">;
  readonly effectsDead: Counter<"kind">;
  readonly breakerState: Gauge<"dependency">;
}

interface CountedMetrics {
  readonly open: Gauge<"severity">;
  readonly outbox: Gauge<"status">;
}

export type IncidentsMetrics = EffectsMetrics & CountedMetrics;

/** What is counted in the store when somebody looks. */
export interface IncidentsCounts {
  readonly open: () => Promise<ReadonlyMap<string, number>>;
  readonly effects: () => Promise<Readonly<Record<string, number>>>;
}

/** @param registry where they are registered */
export function incidentsMetrics(registry: Registry, counts: IncidentsCounts): IncidentsMetrics {
  return { ...effectsMetrics(registry), ...countedMetrics(registry, counts) };
}

function effectsMetrics(registry: Registry): EffectsMetrics {
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
    ...outboxCounters(registry),
    effectsDead: counter(
      "driftwarden_effects_dead_total",
      "Effects set aside after their last attempt, by kind.",
    ),
    breakerState: new Gauge({
      name: "driftwarden_breaker_state",
      help: "Whether a dependency is asked: 0 closed, freely; 1 half open, by one probe; 2 open, left alone.",
      labelNames: ["dependency"] as const,
      registers: [registry],
    }),
  };
}

function countedMetrics(registry: Registry, counts: IncidentsCounts): CountedMetrics {
  return {
    open: new Gauge({
      name: "driftwarden_incidents_open",
      help: "Incidents that are not resolved, by severity.",
      labelNames: ["severity"],
      registers: [registry],
      async collect() {
        const open = await counts.open().catch(() => undefined);
        // Nobody knows is not the same as none.
        this.reset();
        if (open === undefined) return;
        for (const severity of ["P0", "P1", "P2"]) this.set({ severity }, open.get(severity) ?? 0);
      },
    }),
    outbox: new Gauge({
      name: "driftwarden_outbox_effects",
      help: "Promised effects, by status.",
      labelNames: ["status"],
      registers: [registry],
      async collect() {
        const effects = await counts.effects().catch(() => ({}));
        this.reset();
        for (const [status, count] of Object.entries(effects)) this.set({ status }, count);
      },
    }),
  };
}

function outboxCounters(registry: Registry): OutboxCounters {
  return {
    outboxReads: new Counter({
      name: "driftwarden_outbox_reads_total",
      help: "Looks for promised effects that are due.",
      registers: [registry],
    }),
    outboxReadFailures: new Counter({
      name: "driftwarden_outbox_read_failures_total",
      help: "Looks for promised effects that failed; they are repeated.",
      registers: [registry],
    }),
  };
}
