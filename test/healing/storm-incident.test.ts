/** When the one incident of a storm begins and ends, and that nothing runs for it. */
import { describe, expect, it } from "vitest";
import { calledFor } from "../../src/healing/fix.ts";
import type { StormFacts } from "../../src/healing/gates/gate-facts.ts";
import { storm } from "../../src/healing/gates/storm.ts";
import { type StormSeen, stormEvent } from "../../src/healing/storm-incident.ts";
import { openIncident, serviceEpisode } from "../fakes/episodes.ts";
import { fineFacts } from "../fakes/gate-facts.ts";
import { atMost } from "../fakes/limits.ts";

const limits = { targets: 3, models: 0.3 };
const nowMs = 1_760_000_000_000;
const none: StormFacts = { targets: [], anomalous: 0, models: 20, isOn: false };
const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `n${n}`);

function seen(counts: Partial<StormFacts>, open?: string): StormSeen {
  const { targets, ...others } = { ...none, ...counts };
  const named = { models: names(others.anomalous), targets };
  return { nowMs, counts: { ...others, targets }, ...named, open };
}

const eventOf = (counts: Partial<StormFacts>, open?: string) =>
  stormEvent(limits, seen(counts, open))?.type;

describe("the incident of a storm", () => {
  it.each([
    ["too many models", { anomalous: 7 }],
    ["too many targets", { targets: names(4) }],
    ["more than half while the gate has denied lately", { anomalous: 4, isOn: true }],
    ["a count that is not a number", { anomalous: Number.NaN }],
  ])("begins by %s", (_, counts) => {
    expect(eventOf(counts)).toBe("episode_opened");
    expect(eventOf(counts, "storm-1")).toBeUndefined();
  });

  it.each([{ anomalous: 6 }, { targets: names(3) }, {}])("does not begin by %o", (counts) => {
    expect(eventOf(counts)).toBeUndefined();
  });

  it("goes on above half of the limits, and ends at half of each", () => {
    for (const counts of [{ anomalous: 4 }, { targets: names(3) }])
      expect(eventOf(counts, "storm-1")).toBeUndefined();
    expect(stormEvent(limits, seen({ anomalous: 3, targets: names(2) }, "storm-1"))).toMatchObject({
      type: "episode_closed",
      episode: "storm-1",
    });
  });

  it("ends where nothing counts as a storm any more, and does not begin there", () => {
    expect(stormEvent(undefined, seen({ anomalous: 20 }, "storm-1"))?.type).toBe("episode_closed");
    expect(stormEvent(undefined, seen({ anomalous: 20 }))).toBeUndefined();
  });

  it.each([
    [{ anomalous: 6 }],
    [{ anomalous: 7 }],
    [{ targets: names(3) }],
    [{ targets: names(4) }],
    [{ anomalous: 3, isOn: true }],
    [{ anomalous: 4, isOn: true }],
  ])("begins by %o where the gate denies, and only there", (counts) => {
    const facts = { ...fineFacts, fix: { ...fineFacts.fix, storm: limits }, target: undefined };
    const { allow } = storm.judge({ ...facts, storm: { ...none, ...counts } });
    expect(eventOf(counts) === undefined).toBe(allow);
  });

  it("says what is broken and when it is over, with no more names than people read", () => {
    const event = stormEvent(limits, seen({ anomalous: 40, models: 100, targets: names(2) }));
    expect(event).toMatchObject({
      reason:
        "40 of 100 models are anomalous at once, 2 targets were asked for within 15m: one cause may lie behind all, so no fix runs.",
      storm: { modelCount: 40, targetCount: 2, endsAt: { models: 15, targets: 2 } },
    });
    expect(event && "storm" in event && event.storm?.models).toHaveLength(30);
  });

  it("is called for by no fix", () => {
    const fix = {
      name: "restart-all",
      when: { severities: ["P1"] as const },
      remediation: "restart-container",
      tier: "auto",
      mode: "auto",
      cooldownMs: 0,
      ...atMost(3, 60_000),
    } as const;
    expect(calledFor(fix, openIncident({ severity: "P1" }))).toBe(true);
    const episode = serviceEpisode({ kind: "storm" });
    const incident = openIncident({ severity: "P1", subject: episode.service, episode });
    expect(calledFor(fix, incident)).toBe(false);
  });
});
