/** The metrics of healing and of the engine. */
import { Counter, Gauge, type Registry } from "prom-client";

export interface HealingMetrics {
  readonly decided: Counter<"fix" | "status" | "gate">;
  readonly finished: Counter<"fix" | "outcome">;
  readonly replicas: Counter<"fix" | "outcome">;
}

interface CountedRuns {
  readonly fix: string;
  readonly status: string;
  readonly outcome: string;
  readonly count: number;
}

/**
 * @param registry where they are registered
 * @param count counts the stored runs when somebody scrapes
 * @param breakers reads which breakers are open; left out, no breaker metric is registered
 */
export function healingMetrics(
  registry: Registry,
  count: () => Promise<readonly CountedRuns[]>,
  breakers?: Breakers,
): HealingMetrics {
  const registers = [registry];
  if (breakers !== undefined) {
    registry.registerMetric(breakerGauge(breakers));
    registry.registerMetric(recurredGauge(breakers));
  }
  registry.registerMetric(
    new Gauge({
      name: "driftwarden_runs",
      help: "Runs in the store, by status and by the outcome of their verification; outcome is empty until it is known.",
      labelNames: ["fix", "status", "outcome"],
      registers: [],
      async collect() {
        const runs = await count().catch(() => []);
        this.reset();
        for (const { count: found, ...labels } of runs) this.set(labels, found);
      },
    }),
  );
  return {
    decided: new Counter({
      name: "driftwarden_runs_decided_total",
      help: "Runs that incidents asked for, by status and by the gate that denied them; gate is empty if none did.",
      labelNames: ["fix", "status", "gate"],
      registers,
    }),
    finished: new Counter({
      name: "driftwarden_runs_finished_total",
      help: "Runs that acted, by how the act ended.",
      labelNames: ["fix", "outcome"],
      registers,
    }),
    replicas: new Counter({
      name: "driftwarden_replicas_finished_total",
      help: "Replicas of runs that acted on several, by what became of each: back, not_back, failed, unknown or untouched.",
      labelNames: ["fix", "outcome"],
      registers,
    }),
  };
}

/** The configured fixes, those whose breaker is open, and how often a run was requested soon after one had helped. */
interface Breakers {
  readonly fixes: readonly string[];
  readonly open: () => Promise<readonly string[]>;
  readonly recurred: () => Promise<readonly { readonly fix: string; readonly count: number }[]>;
}

function recurredGauge({ recurred }: Breakers): Gauge {
  return new Gauge({
    name: "driftwarden_runs_recurred",
    help: "Runs in the store that were asked for within seven days after their fix had helped on the same target.",
    labelNames: ["fix"],
    registers: [],
    async collect() {
      const found = await recurred().catch(() => []);
      this.reset();
      for (const { fix, count } of found) this.set({ fix }, count);
    },
  });
}

function breakerGauge({ fixes, open }: Breakers): Gauge {
  return new Gauge({
    name: "driftwarden_fix_breaker_open",
    help: "1 while the last two judged runs of a fix did not help, so that the next asks a person; else 0.",
    labelNames: ["fix"],
    registers: [],
    async collect() {
      const opened = await open().catch(() => undefined);
      this.reset();
      for (const fix of opened === undefined ? [] : fixes)
        this.set({ fix }, opened?.includes(fix) === true ? 1 : 0);
    },
  });
}

/** @param count counts at each scrape the freezes that hold */
export function freezesMetric(registry: Registry, count: () => Promise<number>): void {
  registry.registerMetric(
    new Gauge({
      name: "driftwarden_freezes",
      help: "Freezes that hold; while one holds, no fix that it matches runs.",
      registers: [],
      async collect() {
        // While the store does not answer, the last count is shown.
        await count().then(
          (found) => this.set(found),
          () => undefined,
        );
      },
    }),
  );
}

/** @param count counts at each scrape the runs that the gate `storm` has denied lately */
export function stormMetric(registry: Registry, count: () => Promise<number>): void {
  registry.registerMetric(
    new Gauge({
      name: "driftwarden_storm_runs_denied",
      help: "Runs that wait because so many targets or models are broken at once; 0 while there is no storm.",
      registers: [],
      async collect() {
        // While the store does not answer, the last count is shown.
        await count().then(
          (found) => this.set(found),
          () => undefined,
        );
      },
    }),
  );
}

/** The counter of calls to the container engine. */
export function dockerCalls(registry: Registry): Counter<"verb" | "outcome"> {
  return new Counter({
    name: "driftwarden_docker_calls_total",
    help: "Calls to the container engine, by verb and outcome (ok, or the error code).",
    labelNames: ["verb", "outcome"],
    registers: [registry],
  });
}
