/** FR-M2: what the reducer does exactly at a border. */
import { describe, expect, it } from "vitest";
import type { RunSummary } from "../../src/incidents/incident.ts";
import { reduce } from "../../src/incidents/reduce/reduce.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";
import { moment, run, step } from "../fakes/reducing.ts";

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
