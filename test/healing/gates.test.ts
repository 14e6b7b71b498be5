import { describe, expect, it } from "vitest";
import { budget } from "../../src/healing/gates/budget.ts";
import { concurrency } from "../../src/healing/gates/concurrency.ts";
import { cooldown } from "../../src/healing/gates/cooldown.ts";
import { fresh } from "../../src/healing/gates/fresh.ts";
import type { GateFacts } from "../../src/healing/gates/gate-facts.ts";
import {
  gates,
  gatesBeforeTarget,
  gatesWithoutTarget,
  judgeAll,
} from "../../src/healing/gates/gates.ts";
import { refused } from "../../src/healing/gates/refused.ts";
import { restored } from "../../src/healing/gates/restored.ts";
import { target } from "../../src/healing/gates/target.ts";
import { tier } from "../../src/healing/gates/tier.ts";
import { warmingUp } from "../../src/healing/gates/warming-up.ts";
import { fineFacts as fine, minute, nowMs, reasonOf, targetNamed } from "../fakes/gate-facts.ts";
import { attemptsAt } from "../fakes/limits.ts";

const container = (name: string, refusal?: string) => targetNamed(name, { refusal });

describe("the list of gates", () => {
  it("is asked in this order", () => {
    expect(gates.map(({ name }) => name)).toEqual([
      "frozen",
      "maintenance",
      "fresh",
      "restored",
      "provisional",
      "tier",
      "target",
      "refused",
      "dependants",
      "already_done",
      "declined",
      "cooldown",
      "budget",
      "storm",
      "concurrency",
      "healthy_floor",
      "breaker",
      "approval",
    ]);
  });

  it("allows when every gate does", () => {
    expect(judgeAll(gates, fine)).toEqual({ allow: true });
  });

  it("names the first gate that denies, and its reason", () => {
    const facts = { ...fine, targets: [], attempts: attemptsAt([nowMs, nowMs, nowMs]) };
    expect(judgeAll(gates, facts)).toEqual({
      allow: false,
      gate: "target",
      reason: "The target of restart-svc matches nothing.",
      retry: "later",
    });
  });
});

describe("the gates that are asked before a target is", () => {
  it("are the leading ones that need nothing", () => {
    const first = gates.findIndex(({ needs }) => needs !== "nothing");
    expect(gatesBeforeTarget).toEqual(gates.slice(0, first));
    expect(gatesBeforeTarget.map(({ name }) => name)).toContain("provisional");
  });
});

const hour = 60 * minute;

/** News of now in a store that was restored so long ago. */
const since = (agoMs: number): Partial<GateFacts> => ({
  restoredAtMs: nowMs - agoMs,
  newestRowMs: nowMs,
});

describe("restored", () => {
  it("allows when the store never was restored", () => {
    expect(reasonOf(restored, {})).toBeUndefined();
  });

  it("denies rows older than the restore, however long ago that is", () => {
    const facts = { restoredAtMs: nowMs - 100 * hour, newestRowMs: nowMs - 100 * hour - 1 };
    expect(reasonOf(restored, facts)).toContain("has run for this already");
  });

  it("denies everything until the budget's window has passed since the restore", () => {
    expect(reasonOf(restored, since(0))).toContain("2026-03-02 12:00 UTC");
    expect(reasonOf(restored, since(24 * hour))).toContain("driftwarden restored --forgot-nothing");
    expect(reasonOf(restored, since(24 * hour + 1))).toBeUndefined();
  });

  it("waits for the cooldown when that is longer than the window", () => {
    const fix = { ...fine.fix, cooldownMs: 48 * hour };
    expect(reasonOf(restored, { ...since(47 * hour), fix })).toBeDefined();
    expect(reasonOf(restored, { ...since(48 * hour + 1), fix })).toBeUndefined();
  });

  it("denies when a time is none, and a restore that lies ahead", () => {
    expect(reasonOf(restored, { ...since(100 * hour), newestRowMs: Number.NaN })).toBeDefined();
    expect(reasonOf(restored, { restoredAtMs: Number.NaN })).toBeDefined();
    expect(reasonOf(restored, { ...since(-hour), newestRowMs: nowMs + 2 * hour })).toBeDefined();
  });
});

describe("fresh", () => {
  it("allows rows of exactly 15 minutes, and denies older ones", () => {
    expect(reasonOf(fresh, { newestRowMs: nowMs - 15 * minute })).toBeUndefined();
    expect(reasonOf(fresh, { newestRowMs: nowMs - 15 * minute - 1000 })).toBe(
      "The newest row behind the finding is 15m1s old, more than 15m.",
    );
  });

  it("gives slow models three cadences", () => {
    const slow = { cadenceMs: 60 * minute };
    expect(reasonOf(fresh, { ...slow, newestRowMs: nowMs - 180 * minute })).toBeUndefined();
    expect(reasonOf(fresh, { ...slow, newestRowMs: nowMs - 181 * minute })).toContain("3h");
  });

  it("takes the floor it is told, and no cadence for none", () => {
    const told = { freshFloorMs: minute, cadenceMs: undefined };
    expect(reasonOf(fresh, { ...told, newestRowMs: nowMs - minute })).toBeUndefined();
    expect(reasonOf(fresh, { ...told, newestRowMs: nowMs - 2 * minute })).toBeTypeOf("string");
  });

  it("takes rows of the future for rows of now, and a time that is none for old", () => {
    expect(reasonOf(fresh, { newestRowMs: nowMs + minute })).toBeUndefined();
    expect(reasonOf(fresh, { newestRowMs: Number.NaN })).toBeTypeOf("string");
    expect(reasonOf(fresh, { newestRowMs: -Infinity })).toContain("Nobody knows");
  });
});

describe("provisional", () => {
  it("denies while the model behind the finding is not known well, and says how far it is", () => {
    expect(reasonOf(warmingUp, { warmUp: "9/14" })).toContain("9/14 attributions");
    expect(reasonOf(warmingUp, { warmUp: "provisional" })).toBe(
      "The finding is provisional: the model is slow and not known well yet.",
    );
    expect(reasonOf(warmingUp, {})).toBeUndefined();
  });
});

describe("tier", () => {
  it("allows only what runs by itself", () => {
    expect(reasonOf(tier, { fix: { ...fine.fix, tier: "auto" } })).toBeUndefined();
    expect(reasonOf(tier, { fix: { ...fine.fix, tier: "approval" } })).toContain(
      "person's approval",
    );
    expect(reasonOf(tier, { fix: { ...fine.fix, tier: "never" } })).toContain("even if approved");
  });

  it("allows what needs a person's approval where a person is asked, and what is never done not even there", () => {
    const asks = true;
    expect(reasonOf(tier, { fix: { ...fine.fix, tier: "approval" }, asks })).toBeUndefined();
    expect(reasonOf(tier, { fix: { ...fine.fix, tier: "never" }, asks })).toContain(
      "even if approved",
    );
  });
});

describe("target", () => {
  it("denies what nobody could be asked for", () => {
    expect(reasonOf(target, { targets: undefined })).toBe(
      "The target of restart-svc is not known.",
    );
  });

  it("denies none and several, naming the several", () => {
    expect(reasonOf(target, { targets: [] })).toContain("matches nothing");
    expect(reasonOf(target, { targets: ["a", "b"].map((name) => container(name)) })).toBe(
      "The target of restart-svc is ambiguous: it matches a, b, and a run acts on one container, or on replicas of one service.",
    );
  });

  it("names five of many", () => {
    const targets = ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => container(name));
    expect(reasonOf(target, { targets })).toContain("a, b, c, d, e and 3 more");
  });
});

describe("refused", () => {
  it("denies by the refuse list's own sentence", () => {
    const reason = "db runs postgres:16, which keeps data.";
    expect(reasonOf(refused, { targets: [container("db", reason)] })).toBe(reason);
  });
});

describe("cooldown", () => {
  it("ends exactly when it is over, counted from the end of the last attempt", () => {
    expect(reasonOf(cooldown, { lastAttemptEndMs: nowMs - 30 * minute })).toBeUndefined();
    expect(reasonOf(cooldown, { lastAttemptEndMs: nowMs - 30 * minute + 1000 })).toBe(
      "The last attempt ended at 2026-03-01 11:30 UTC, and the cooldown of 30m goes on for 1s.",
    );
  });

  it("is not shortened by a clock that went backwards", () => {
    expect(reasonOf(cooldown, { lastAttemptEndMs: nowMs + 1440 * minute })).toContain("30m");
  });

  it("never ends by a time that is none", () => {
    expect(reasonOf(cooldown, { lastAttemptEndMs: Number.NaN })).toContain("an unknown time");
  });
});

const deniedAt = (allowedNow: number, acting: readonly string[]) =>
  reasonOf(concurrency, { fix: { ...fine.fix, concurrency: allowedNow }, acting });

describe("concurrency (A33)", () => {
  it("lets as many runs act at the same time as the configuration says, whatever their fix", () => {
    expect(deniedAt(1, [])).toBeUndefined();
    expect(deniedAt(2, ["other"])).toBeUndefined();
    expect(deniedAt(1, ["other"])).toBe("other acts now, and 1 may at the same time.");
    expect(deniedAt(2, ["other", "third"])).toBe("2 others act now, and 2 may at the same time.");
  });

  it("lets no second run act on a target, however many may act", () => {
    const fix = { ...fine.fix, concurrency: 9 };
    const facts = { fix, acting: ["other"], actingHere: "other", target: container("svc-1") };
    expect(reasonOf(concurrency, facts)).toBe("other acts on svc-1 now.");
    expect(reasonOf(concurrency, { ...facts, target: undefined })).toBe("other acts on it now.");
  });

  it("denies for seconds only, since an act is over soon", () => {
    const facts = { ...fine, fix: { ...fine.fix, concurrency: 1 }, acting: ["other"] };
    expect(concurrency.judge(facts)).toMatchObject({ retry: nowMs + 15_000 });
  });
});

describe("the gates that can be asked without an engine", () => {
  it("are all but those that look at a target", () => {
    const asked = new Set<string>(gatesWithoutTarget.map(({ name }) => name));
    const left = gates.filter(({ name }) => !asked.has(name));
    expect(left.length).toBeGreaterThan(0);
    for (const gate of left) expect(gate.needs).toBe("target");
    for (const gate of gatesWithoutTarget) expect(gate.needs).not.toBe("target");
  });
});

describe("a denial by a time that is none", () => {
  it.each([
    ["cooldown", cooldown, { lastAttemptEndMs: Number.NaN }],
    ["budget", budget, { attempts: attemptsAt([Number.NaN, Number.NaN, Number.NaN]) }],
  ] as const)("by %s is final: nobody knows when it passes", (_name, gate, facts) => {
    const judgement = gate.judge({ ...fine, ...facts });
    expect(judgement).toEqual({ allow: false, reason: expect.any(String) });
  });
});

const targetsOf = (count: number): Pick<GateFacts, "targets"> => ({
  targets: Array.from({ length: count }, (_, n) => container(`s${n}`)),
});

describe("a target that is ambiguous", () => {
  it("has five named, and is told how many more there are", () => {
    expect(reasonOf(target, targetsOf(5))).toContain("matches s0, s1, s2, s3, s4, and a run");
    expect(reasonOf(target, targetsOf(7))).toContain(
      "matches s0, s1, s2, s3, s4 and 2 more, and a run",
    );
  });
});
