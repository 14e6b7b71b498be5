/** The gate that keeps enough healthy containers of a service running. */
import { describe, expect, it } from "vitest";
import type { Target } from "../../remediations/remediation.ts";
import { healthyFloor } from "../../src/healing/gates/healthy-floor.ts";
import { fineFacts, targetNamed } from "../fakes/gate-facts.ts";

const judge = (floor: number | undefined, siblings?: Target["siblings"]) =>
  healthyFloor.judge({
    ...fineFacts,
    fix: { ...fineFacts.fix, ...(floor !== undefined && { healthyFloor: floor }) },
    targets: [targetNamed("svc-1", siblings && { siblings })],
  });

describe("healthy_floor", () => {
  it("is 0 unless the fix says otherwise, so that one container alone may be restarted", () => {
    expect(judge(undefined)).toEqual({ allow: true });
    expect(judge(0, { others: 2, healthy: 0 })).toEqual({ allow: true });
  });

  it("denies for good what no replica can ever make up for", () => {
    expect(judge(1)).toEqual({
      allow: false,
      reason:
        "Without svc-1 its service would have 0 of 0 other containers healthy, and `healthy_floor` wants 1.",
    });
  });

  it("denies for now while too few of the other replicas are healthy", () => {
    expect(judge(2, { others: 2, healthy: 1 })).toMatchObject({ allow: false, retry: "later" });
    expect(judge(2, { others: 2, healthy: 2 })).toEqual({ allow: true });
    expect(judge(2, { others: 3, healthy: 3 })).toEqual({ allow: true });
  });

  it("denies by a count that is no number", () => {
    expect(judge(1, { others: Number.NaN, healthy: Number.NaN })).toMatchObject({ allow: false });
  });
});
