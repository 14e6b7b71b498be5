/** Moments, steps and a run for tests of the reducer. */
import type { IncidentEvent } from "../../src/incidents/event.ts";
import type { Incident, RunSummary } from "../../src/incidents/incident.ts";
import type { Moment } from "../../src/incidents/reduce/aspect.ts";
import { reduce, type Step } from "../../src/incidents/reduce/reduce.ts";

const minute = 60_000;

interface MomentChanges {
  readonly nowMs?: number;
  readonly fixes?: readonly string[];
  readonly ticketed?: boolean;
}

export function moment(changes: MomentChanges = {}): Moment {
  return {
    nowMs: changes.nowMs ?? 1_760_000_000_000,
    nextNumber: 8,
    settings: {
      resolveAfterMs: 15 * minute,
      reopenDurationMs: 60 * minute,
      healthAfterMs: 5 * minute,
      fixesFor: () => changes.fixes ?? [],
      ticketed: changes.ticketed ?? false,
    },
  };
}

/** @throws Error when the reducer ignores the event */
export function step(incident: Incident | undefined, event: IncidentEvent, at = moment()): Step {
  const result = reduce(incident, event, at);
  if (result === undefined) throw new Error("the reducer ignored the event");
  return result;
}

/** It has acted. */
export const run: RunSummary = {
  id: "r1",
  fix: "restart-svc",
  remediation: "restart-container",
  target: "my-service",
  atMs: 1_760_000_060_000,
  status: "acted",
  detail: "Restarted my-service.",
};
