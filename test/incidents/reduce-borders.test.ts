/** FR-M2: what the reducer does exactly at a border. */
import { describe, expect, it } from "vitest";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import type { Incident, RunSummary } from "../../src/incidents/incident.ts";
import type { Moment } from "../../src/incidents/reduce/aspect.ts";
import { reduce, type Step } from "../../src/incidents/reduce/reduce.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";

const minute = 60_000;

interface MomentChanges {
  readonly nowMs?: number;
  readonly fixes?: readonly string[];
  readonly ticketed?: boolean;
}

function moment(changes: MomentChanges = {}): Moment {
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

function step(incident: Incident | undefined, event: IncidentEvent, at = moment()): Step {
  const result = reduce(incident, event, at);
  if (result === undefined) throw new Error("the reducer ignored the event");
  return result;
}

const run: RunSummary = {
  id: "r1",
  fix: "restart-svc",
  remediation: "restart-container",
  target: "my-service",
  atMs: 1_760_000_060_000,
  status: "acted",
  detail: "Restarted my-service.",
};

describe("FR-M2: the quiet time of an episode", () => {
  it("resolves nothing when a newer episode has opened and closed since", () => {
    const episode = episodeOpened({ id: "e2" });
    const incident = openIncident({ state: "recovered", episode });
    const older = { type: "quiet_passed", episode: "e1" } as const;
    expect(reduce(incident, older, moment())).toBeUndefined();
    const own = { ...older, episode: "e2" };
    expect(step(incident, own).incident.state).toBe("resolved");
  });
});

describe("FR-M2: the runs that an incident remembers", () => {
  it("are the newest twenty", () => {
    const runs = Array.from({ length: 20 }, (_, n) => ({ ...run, id: `r${n}` }));
    const event = { type: "run_changed", run: { ...run, id: "r20" } } as const;
    const { incident } = step(openIncident({ runs }), event);
    expect(incident.runs.map(({ id }) => id)).toEqual(
      Array.from({ length: 20 }, (_, n) => `r${n + 1}`),
    );
  });
});

describe("FR-M2: the health of a target after the run has its outcome", () => {
  const judged: RunSummary = { ...run, outcome: "recovered" };
  const health = { type: "health_checked", run: "r1", detail: "my-service is unhealthy." } as const;

  it("makes a run that the model called recovered a failed one when it is ill", () => {
    const { incident } = step(openIncident({ runs: [judged] }), { ...health, healthy: false });
    expect(incident.runs).toEqual([{ ...judged, outcome: "failed" }]);
  });

  it("proves nothing when it is well: the outcome stays open", () => {
    const event = { ...health, healthy: true };
    expect(reduce(openIncident({ runs: [run] }), event, moment())).toBeUndefined();
  });
});
