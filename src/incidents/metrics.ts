/** The metrics of incidents. */
import { Gauge, type Registry } from "prom-client";

/**
 * @param registry where they are registered
 * @param open counts in the store, by severity, when somebody scrapes
 */
export function incidentsMetrics(
  registry: Registry,
  open: () => Promise<ReadonlyMap<string, number>>,
): Gauge<"severity"> {
  return new Gauge({
    name: "driftwarden_incidents_open",
    help: "Incidents that are not resolved, by severity.",
    labelNames: ["severity"] as const,
    registers: [registry],
    async collect() {
      const counts = await open().catch(() => undefined);
      // Unknown is not the same as none: no sample is shown then.
      this.reset();
      if (counts === undefined) return;
      for (const severity of ["P0", "P1", "P2"]) this.set({ severity }, counts.get(severity) ?? 0);
    },
  });
}
