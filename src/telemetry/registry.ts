/** The registry of metrics that `/metrics` shows. Parts add their own through their `metrics.ts`. */
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";

/** For files that pass the registry on and may not import prom-client. */
export type { Registry } from "prom-client";

/** Gauges whose names end in `_total`. Prometheus' linter refuses them: the suffix is for counters. */
const misnamed = [
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
  "nodejs_active_resources_total",
];

/**
 * @param version of the program, shown as `driftwarden_build_info{version,node} 1`
 */
export function createRegistry(version: string): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  new Gauge({
    name: "driftwarden_build_info",
    help: "Always 1; the labels say what runs.",
    labelNames: ["version", "node"],
    registers: [registry],
  }).set({ version, node: process.versions.node }, 1);
  return registry;
}
