/** The gate that keeps a run from cutting off what depends on its target. */
import { describe, expect, it } from "vitest";
import type { Dependant } from "../../remediations/docker/engine.ts";
import { dependants } from "../../src/healing/gates/dependants.ts";
import { fineFacts, targetNamed } from "../fakes/gate-facts.ts";

const judge = (found: readonly Dependant[], withDependants?: boolean) =>
  dependants.judge({
    ...fineFacts,
    fix: { ...fineFacts.fix, ...(withDependants !== undefined && { withDependants }) },
    targets: [targetNamed("svc-1", { dependants: found })],
  });
const gateway: Dependant = { name: "gateway-1", by: "network" };
const web: Dependant = { name: "web-1", by: "depends_on" };

describe("dependants", () => {
  it("denies for good a restart that would cut others off, with their names and the key that allows it", () => {
    expect(judge([gateway, web])).toEqual({
      allow: false,
      reason:
        "What is done to svc-1 would cut off gateway-1 (lives in its network), web-1 (depends on its service). It is allowed once the fix says `with_dependants: true`.",
    });
  });

  it("allows it where the fix says so, and where nothing depends on the target", () => {
    expect(judge([gateway, web], true)).toEqual({ allow: true });
    expect(judge([gateway], false)).toMatchObject({ allow: false });
    expect(judge([])).toEqual({ allow: true });
    expect(dependants.judge(fineFacts)).toEqual({ allow: true });
  });

  it("names five of many", () => {
    const many = Array.from({ length: 7 }, (_, n): Dependant => ({ ...web, name: `web-${n}` }));
    expect(judge(many)).toMatchObject({
      reason: expect.stringContaining("web-4 (depends on its service) and 2 more."),
    });
    expect(judge(many.slice(0, 5))).toMatchObject({
      reason: expect.not.stringContaining("more"),
    });
  });
});
