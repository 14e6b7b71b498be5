import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { createTicketing } from "../../src/tickets/ticketing.ts";
import { exampleIncident } from "./example-incident.ts";
import { FakeTracker } from "./fake-tracker.ts";

describe("the log (FR-T7)", () => {
  it("has one line for an episode by which it is found: model, kind, feature, severity, score, ticket", async () => {
    const lines: unknown[] = [];
    const ticketing = createTicketing({
      tracker: new FakeTracker(),
      clock: systemClock,
      logger: pino({}, { write: (line) => void lines.push(JSON.parse(line)) }),
      metrics: ticketsMetrics(new Registry()),
      context: { priorities: { P0: "Highest", P1: "High", P2: "Low" } },
    });
    await ticketing.open(exampleIncident(), { unknown: false });
    expect(lines).toHaveLength(1);
    expect(lines).toMatchObject([
      {
        model: "acme/prod/main/churn-v7",
        kind: "shift",
        feature: "credit_score",
        severity: "P1",
        score: 6.31,
        ticket: "IR-1",
        change: "created",
      },
    ]);
  });
});
