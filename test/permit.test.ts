import { describe, expect, it } from "vitest";
import { isGood, type Permit, writePermitted } from "../src/permit.ts";
import { fakeClocks } from "./fakes/permit.ts";

describe("a permit", () => {
  it("is good until its end, by either clock, and not at it", () => {
    const clocks = fakeClocks();
    const permit = clocks.permit(1_000);
    clocks.pass(999);
    expect(isGood(permit, clocks.read())).toBe(true);
    clocks.pass(1);
    expect(isGood(permit, clocks.read())).toBe(false);
  });

  it("ends while the machine is suspended, and is not made longer by setting the wall clock back", () => {
    const clocks = fakeClocks();
    const permit = clocks.permit(1_000);
    clocks.suspend(1_000);
    expect(isGood(permit, clocks.read())).toBe(false);
    clocks.step(-3_600_000);
    expect(isGood(permit, clocks.read())).toBe(true);
    clocks.pass(1_000);
    expect(isGood(permit, clocks.read())).toBe(false);
  });
});

describe("what is written under a permit", () => {
  it("is written once, after as many permits as expired on their way", async () => {
    const clocks = fakeClocks();
    const told: string[] = [];
    const mayAct = async (): Promise<Permit> => {
      const permit = clocks.permit(1_000);
      if (told.push("asked") < 3) clocks.pass(1_000);
      return permit;
    };
    await writePermitted({ mayAct, clocks: clocks.read }, () => void told.push("written"));
    expect(told).toEqual(["asked", "asked", "asked", "written"]);
  });

  it("is not written when the right to act is gone", async () => {
    const told: string[] = [];
    const permission = { mayAct: () => Promise.reject(new Error("taken over")) };
    const writing = writePermitted(permission, () => void told.push("written"));
    await expect(writing).rejects.toThrow("taken over");
    expect(told).toEqual([]);
  });

  it("needs none where nobody else could act", async () => {
    const told: string[] = [];
    await writePermitted({}, () => void told.push("written"));
    expect(told).toEqual(["written"]);
  });
});
