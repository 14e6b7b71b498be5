/** The metrics of incidents. */
import { Gauge, Histogram, type Registry } from "prom-client";
import type { ProposalEnd } from "./reduce/proposals.ts";

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
      // If the counts are unknown, no sample is shown. A zero would mean that there are none.
      this.reset();
      if (counts === undefined) return;
      for (const severity of ["P0", "P1", "P2"]) this.set({ severity }, counts.get(severity) ?? 0);
    },
  });
}

/** The time from the proposal until it was over. @returns counts one proposal */
export function proposalMetric(registry: Registry): (end: ProposalEnd, waitedMs: number) => void {
  const seconds = new Histogram({
    name: "driftwarden_proposal_answer_seconds",
    help: "Time from when a run was proposed until it was answered, by outcome: approved, denied, expired (nobody answered in time), void (it was back to normal before).",
    labelNames: ["outcome"] as const,
    buckets: [30, 60, 120, 300, 600, 900, 1800, 3600, 14_400, 86_400],
    registers: [registry],
  });
  return (outcome, waitedMs) => seconds.observe({ outcome }, Math.max(0, waitedMs) / 1000);
}
