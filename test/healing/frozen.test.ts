import { describe, expect, it } from "vitest";
import { frozen } from "../../src/healing/gates/frozen.ts";
import { fineFacts as fine, reasonOf } from "../fakes/gate-facts.ts";

describe("frozen", () => {
  it("denies while a freeze matches, and names it", () => {
    expect(reasonOf(frozen, { freeze: { name: "release week" } })).toContain('"release week"');
    expect(reasonOf(frozen, {})).toBeUndefined();
  });

  it("denies until a freeze is over, and names it, who declared it and why (A7)", () => {
    const untilMs = Date.UTC(2026, 10, 30, 8);
    const freeze = { name: "black friday", by: "sarah", reason: "code freeze", untilMs };
    expect(frozen.judge({ ...fine, freeze })).toEqual({
      allow: false,
      reason:
        'The freeze "black friday" by sarah (code freeze) forbids runs until 2026-11-30 08:00 UTC.',
      retry: untilMs,
    });
    const long = { ...freeze, reason: "x".repeat(1000) };
    expect(reasonOf(frozen, { freeze: long })?.length).toBeLessThan(320);
  });

  it("denies until a silence is over, and names who gave it", () => {
    const untilMs = Date.UTC(2026, 0, 1, 5, 20);
    const freeze = { name: "silence by sarah", untilMs };
    expect(frozen.judge({ ...fine, freeze })).toEqual({
      allow: false,
      reason: "The silence by sarah forbids runs until 2026-01-01 05:20 UTC.",
      retry: untilMs,
    });
  });
});
