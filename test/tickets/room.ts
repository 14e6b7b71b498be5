/** Ticketing over a tracker in memory, with a clock of its own. */
import { pino } from "pino";
import { Registry } from "prom-client";
import type { Incident } from "../../src/incidents/incident.ts";
import { reduce } from "../../src/incidents/reduce/reduce.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import type { TicketOutcome } from "../../src/tickets/ticket-change.ts";
import {
  createTicketing,
  type Ticketing,
  type TicketingOptions,
} from "../../src/tickets/ticketing.ts";
import { exampleIncident } from "./example-incident.ts";
import { FakeTracker } from "./fake-tracker.ts";

export interface Room {
  readonly tracker: FakeTracker;
  readonly ticketing: Ticketing;
  readonly registry: Registry;
  readonly now: () => number;
  readonly later: (ms: number) => void;
}

export function room(change: Partial<TicketingOptions> = {}): Room {
  const tracker = new FakeTracker();
  const registry = new Registry();
  let now = Date.parse("2026-11-20T10:00:00Z");
  const ticketing = createTicketing({
    tracker,
    clock: { now: () => now, at: (ms) => ms, sleep: () => Promise.resolve() },
    logger: pino({ enabled: false }),
    metrics: ticketsMetrics(registry),
    context: { priorities: { P0: "Highest", P1: "High", P2: "Low" } },
    ...change,
  });
  return {
    tracker,
    ticketing,
    registry,
    now: () => now,
    later: (ms) => {
      now += ms;
    },
  };
}

/** The incident as it remembers what became of its ticket. */
export function remembering(incident: Incident, outcome: TicketOutcome, nowMs: number): Incident {
  const settings = {
    resolveAfterMs: 1,
    reopenDurationMs: 1,
    healthAfterMs: 1,
    ticketed: true,
    fixesFor: () => [],
  };
  return outcome.events.reduce<Incident>((known, event) => {
    const step = reduce(known, event, { nowMs, nextNumber: 1, settings });
    return step?.incident ?? known;
  }, incident);
}

/** An incident whose ticket exists, and is remembered as it was written. */
export async function ticketed(
  { ticketing, now }: Room,
  change: Partial<Incident> = {},
): Promise<Incident> {
  const incident = exampleIncident({}, change);
  const opened = await ticketing.open(incident, { unknown: false });
  return remembering(incident, opened, now());
}

export const nextEpisode = (incident: Incident, n = 2): Incident => ({
  ...incident,
  occurrences: n,
  episode: { ...incident.episode, id: `episode-${n}` },
});
