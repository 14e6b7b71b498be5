/** The gate `storm`: when a storm begins and ends, and what it says. */
import { describe, expect, it } from "vitest";
import type { StormFacts } from "../../src/healing/gates/gate-facts.ts";
import { storm } from "../../src/healing/gates/storm.ts";
import { fineFacts, nowMs } from "../fakes/gate-facts.ts";

const limits = { targets: 3, models: 0.3 };
const calm: StormFacts = { targets: [], anomalous: 0, models: 20, isOn: false };
const targets = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `svc-${n + 1}`);

function judged(seen: Partial<StormFacts>) {
  const fix = { ...fineFacts.fix, storm: limits };
  const target = { id: "svc-1", name: "svc-1", host: "vm" };
  return storm.judge({ ...fineFacts, target, fix, storm: { ...calm, ...seen } });
}

describe("storm (A7)", () => {
  it("allows as many targets as are configured, and denies one more, with the numbers", () => {
    expect(judged({ targets: targets(3) })).toEqual({ allow: true });
    expect(judged({ targets: targets(4) })).toEqual({
      allow: false,
      reason:
        "4 targets were asked for within 15m, and at most 3 may be before it counts as a storm: one cause may lie behind all, so nothing runs. It is looked at again at 2026-03-01 12:05 UTC.",
      retry: nowMs + 300_000,
    });
  });

  it("counts the target of the run itself, and each target once", () => {
    expect(judged({ targets: ["svc-2", "svc-3", "svc-4"] })).toMatchObject({ allow: false });
    expect(judged({ targets: ["svc-1", "svc-1", "svc-2", "svc-2"] })).toEqual({ allow: true });
  });

  it("denies when more than the share of the models is anomalous, and more than as many as targets", () => {
    expect(judged({ anomalous: 6 })).toEqual({ allow: true });
    expect(judged({ anomalous: 7 })).toMatchObject({
      reason: expect.stringContaining("7 of 20 models are anomalous at once, and at most 6 may be"),
    });
    // Of a few models one is a large share.
    expect(judged({ anomalous: 3, models: 3 })).toEqual({ allow: true });
    expect(judged({ anomalous: 4, models: 4 })).toMatchObject({ allow: false });
  });

  it("ends at half of what began it, rounded up, so that two targets that stay broken do not keep it going", () => {
    expect(judged({ isOn: true, targets: targets(3) })).toMatchObject({
      reason: expect.stringContaining("at most 2 may be before the storm is over"),
    });
    expect(judged({ isOn: true, targets: targets(2) })).toEqual({ allow: true });
    expect(judged({ isOn: true, anomalous: 4 })).toMatchObject({ allow: false });
    expect(judged({ isOn: true, anomalous: 3 })).toEqual({ allow: true });
  });

  it("denies by a count that is not a number, and allows where it is not configured", () => {
    expect(judged({ anomalous: Number.NaN })).toMatchObject({ allow: false });
    expect(storm.judge({ ...fineFacts, storm: { ...calm, targets: targets(9) } })).toEqual({
      allow: true,
    });
  });
});
