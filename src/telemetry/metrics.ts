/**
 * The metrics of this folder: whether each dependency can be used, and whether all processes have the same settings.
 */
import { Gauge, type Registry } from "prom-client";

/** @param up whether each dependency can be used, by name; called at each scrape */
export function dependencyMetric(
  registry: Registry,
  up: () => readonly (readonly [dependency: string, ok: boolean])[],
): Gauge<"dependency"> {
  return new Gauge({
    name: "driftwarden_dependency_up",
    help: "Whether a dependency (store, stream, tracker, engine, prometheus, source:NAME, channel:NAME) can be used now: 1 yes, 0 no; /-/ready says why.",
    labelNames: ["dependency"] as const,
    registers: [registry],
    collect() {
      for (const [dependency, ok] of up()) this.set({ dependency }, ok ? 1 : 0);
    },
  });
}

/** @param differing number of live processes with other settings; called at each scrape */
export function settingsMetric(registry: Registry, differing: () => number): Gauge {
  return new Gauge({
    name: "driftwarden_settings_differing_processes",
    help: "Live processes on the same store that decide by other settings than this one; 0 when all agree.",
    registers: [registry],
    collect() {
      this.set(differing());
    },
  });
}
