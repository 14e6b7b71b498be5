/** The metrics of tickets. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface TicketsMetrics {
  /** Every attempt; `outcome` is `ok` or the error's code. */
  readonly requests: Counter<"operation" | "outcome">;
  readonly requestSeconds: Histogram<"operation">;
  readonly changes: Counter<"change">;
  /** By who wrote them: person, outsider. */
  readonly comments: Counter<"by">;
  readonly webhooks: Counter<"outcome">;
}

export function ticketsMetrics(registry: Registry): TicketsMetrics {
  const registers = [registry];
  return {
    requests: new Counter({
      name: "driftwarden_tracker_requests_total",
      help: "Requests to the tracker by operation and outcome (ok, or the error code).",
      labelNames: ["operation", "outcome"],
      registers,
    }),
    requestSeconds: new Histogram({
      name: "driftwarden_tracker_request_duration_seconds",
      help: "How long the tracker took to answer, or to fail.",
      labelNames: ["operation"],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
      registers,
    }),
    comments: new Counter({
      name: "driftwarden_ticket_comments_total",
      help: "Comments on tickets that held commands and were taken in, by who wrote them (person, outsider).",
      labelNames: ["by"],
      registers,
    }),
    webhooks: new Counter({
      name: "driftwarden_tracker_webhooks_total",
      help: "Webhooks of the tracker: taken as a hint, repeated, ignored (about nothing that is read), or refused (secret missing or wrong).",
      labelNames: ["outcome"],
      registers,
    }),
    changes: new Counter({
      name: "driftwarden_ticket_changes_total",
      help: "What was done to tickets (created, adopted, reopened, resolved, commented, updated, linked), or why nothing was (unchanged, left_alone, gone, no_ticket).",
      labelNames: ["change"],
      registers,
    }),
  };
}

/** @param counts how many tickets and questions are overdue; asked when the metrics are read */
export function overdueMetric(
  registry: Registry,
  counts: () => ReadonlyMap<string, number>,
): Gauge<"what"> {
  return new Gauge({
    name: "driftwarden_tickets_overdue",
    help: "Tickets that the tracker has not confirmed within five minutes (ticket), and questions that nobody answered in their time (question).",
    labelNames: ["what"] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const [what, count] of counts()) this.set({ what }, count);
    },
  });
}
