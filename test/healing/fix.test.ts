import { describe, expect, it } from "vitest";
import { calledFor, type Fix } from "../../src/healing/fix.ts";
import type { IncidentCondition } from "../../src/incidents/condition.ts";
import { episodeOpened, openIncident, serviceEpisode } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";

function fix(when: IncidentCondition, mode: Fix["mode"] = "auto"): Fix {
  const limits = { cooldownMs: 0, ...atMost(1, 1) };
  return { name: "f", when, remediation: "restart-container", tier: "auto", mode, ...limits };
}

const [blamed] = episodeOpened().features;

describe("a fix that was allowed beforehand is called for (B48)", () => {
  it("when every list that is given fits, the model by its name or its whole key", () => {
    expect(calledFor(fix({ features: ["credit_score"] }), openIncident())).toBe(true);
    expect(calledFor(fix({ models: ["churn-v7"], kinds: ["shift"] }), openIncident())).toBe(true);
    expect(calledFor(fix({ models: ["default/production/main/churn-v7"] }), openIncident())).toBe(
      true,
    );
    expect(calledFor(fix({ models: ["churn-v7"], kinds: ["leak"] }), openIncident())).toBe(false);
    expect(calledFor(fix({ severities: ["P0"] }), openIncident())).toBe(false);
  });

  it("never without a condition, nor when it is off", () => {
    expect(calledFor(fix({}), openIncident())).toBe(false);
    expect(calledFor(fix({ features: ["credit_score"] }, "off"), openIncident())).toBe(false);
  });

  it("never by a record that Driftwarden could not process: a restart would mend nothing (FR-U3)", () => {
    const episode = episodeOpened({ kind: "quarantined" });
    const incident = openIncident({ episode, kinds: ["quarantined"] });
    expect(calledFor(fix({ models: ["churn-v7"] }), incident)).toBe(false);
  });

  it("only by a guilty feature, not by one that moved along", () => {
    if (blamed === undefined) throw new Error("the example blames nobody");
    const features = [
      { ...blamed, part: 0.5 },
      { ...blamed, feature: "income", part: 0.4 },
      { ...blamed, feature: "age", part: 0.1 },
    ];
    const incident = openIncident({ episode: episodeOpened({ features }) });
    expect(calledFor(fix({ features: ["income"] }), incident)).toBe(true);
    expect(calledFor(fix({ features: ["age"] }), incident)).toBe(false);
  });

  it("by a feature with exactly a third of the blame", () => {
    const features = [
      { ...blamed!, part: 2 / 3 },
      { ...blamed!, feature: "income", part: 1 / 3 },
    ];
    const incident = openIncident({ episode: episodeOpened({ features }) });
    expect(calledFor(fix({ features: ["income"] }), incident)).toBe(true);
  });

  it("never where a service is broken: no verification asks its probe again", () => {
    const episode = serviceEpisode();
    const incident = openIncident({ episode, subject: episode.service, kinds: ["oom"] });
    expect(calledFor(fix({ kinds: ["oom"] }), incident)).toBe(false);
    expect(calledFor(fix({ features: ["credit_score"] }), incident)).toBe(false);
    expect(calledFor(fix({ models: ["checkout"] }), incident)).toBe(false);
  });

  it("for a source that is silent as a whole, not where other models of it speak", () => {
    const silent = fix({ kinds: ["source_silent"] });
    const incident = openIncident({ episode: episodeOpened({ kind: "silent", features: [] }) });
    const { group } = incident;
    expect(calledFor(silent, incident)).toBe(false);
    expect(calledFor(silent, { ...incident, group: { ...group, whole: true } })).toBe(true);
  });
});
