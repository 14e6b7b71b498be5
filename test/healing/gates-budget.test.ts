import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Budget, BudgetScope } from "../../src/healing/budgets.ts";
import { budget } from "../../src/healing/gates/budget.ts";
import type { GateFacts, PastAttempt } from "../../src/healing/gates/gate-facts.ts";
import { atMost, attemptsAt } from "../fakes/limits.ts";

const hour = 3_600_000;
const nowMs = Date.parse("2026-03-01T12:00:00Z");

function facts(given: {
  nowMs?: number;
  maxRuns?: number;
  windowMs?: number;
  attempts: number[];
}): GateFacts {
  const { maxRuns = 3, windowMs = 24 * hour } = given;
  return {
    nowMs: given.nowMs ?? nowMs,
    fix: { name: "restart-svc", tier: "auto", cooldownMs: 0, ...atMost(maxRuns, windowMs) },
    freeze: undefined,
    restoredAtMs: undefined,
    newestRowMs: nowMs,
    cadenceMs: undefined,
    warmUp: undefined,
    targets: [],
    lastAttemptEndMs: undefined,
    attempts: attemptsAt(given.attempts),
  };
}

const allows = (given: Parameters<typeof facts>[0]): boolean => budget.judge(facts(given)).allow;

describe("the budget of 3 per 24h", () => {
  it("allows the third and denies the fourth, saying when it is free again", () => {
    const attempts = [nowMs - 3 * hour, nowMs - 2 * hour];
    expect(allows({ attempts })).toBe(true);
    expect(budget.judge(facts({ attempts: [...attempts, nowMs - hour] }))).toEqual({
      allow: false,
      reason:
        "3 of 3 attempts within 1d are used; the next is possible after 2026-03-02 09:00 UTC.",
      retry: Date.parse("2026-03-02T09:00:00.000Z") + 1,
    });
  });

  it("counts an attempt exactly as old as the window, and none that is a millisecond older", () => {
    const edge = nowMs - 24 * hour;
    expect(allows({ attempts: [edge, nowMs, nowMs] })).toBe(false);
    expect(allows({ attempts: [edge - 1, nowMs, nowMs] })).toBe(true);
  });

  it("rolls: midnight frees nothing", () => {
    const midnight = Date.parse("2026-03-02T00:00:00Z");
    const attempts = [1, 2, 3].map((minutes) => midnight - minutes * 60_000);
    expect(allows({ nowMs: midnight + 60_000, attempts })).toBe(false);
  });

  it("counts attempts of the future, left by a clock that was ahead", () => {
    const attempts = [nowMs + 48 * hour, nowMs + 48 * hour, nowMs - hour];
    expect(allows({ attempts })).toBe(false);
  });

  it("counts an attempt whose time is none", () => {
    expect(allows({ attempts: [Number.NaN, Number.NaN, Number.NaN] })).toBe(false);
  });

  it("allows nothing when it is none", () => {
    expect(budget.judge(facts({ maxRuns: 0, attempts: [] }))).toEqual({
      allow: false,
      reason: "0 of 0 attempts within 1d are used: restart-svc is allowed none.",
    });
  });
});

const target = { id: "a", name: "svc-1", host: "vm" };
const tried = (change: Partial<PastAttempt>, hoursAgo = 1) =>
  attemptsAt([nowMs - hoursAgo * hour], { target: "a", ...change });
const judged = (budgets: readonly Budget[], attempts: readonly PastAttempt[]) => {
  const given = facts({ attempts: [] });
  return budget.judge({ ...given, fix: { ...given.fix, budgets }, attempts, target });
};
const once = (scope: BudgetScope): readonly Budget[] => [{ scope, runs: 1, windowMs: 24 * hour }];

describe("budgets of several scopes (B49, B61)", () => {
  it.each([
    { scope: "target", counted: {}, passed: { target: "b" } },
    { scope: "fix", counted: { target: "b" }, passed: { fix: "other" } },
    { scope: "host", counted: { fix: "other" }, passed: { host: "box" } },
  ] as const)("of a $scope count its own attempts and no others", ({ scope, counted, passed }) => {
    expect(judged(once(scope), tried(counted)).allow).toBe(false);
    expect(judged(once(scope), tried(passed)).allow).toBe(true);
  });

  it("of everything counts attempts of every fix on every host", () => {
    const attempts = tried({ fix: "other", target: "b", host: "box" });
    expect(judged(once("all"), attempts)).toMatchObject({
      allow: false,
      reason: expect.stringContaining("1 of 1 attempts of all fixes within 1d are used"),
    });
  });

  it("of a target or a host count an attempt of which neither is known", () => {
    const unknown = tried({ target: null, host: null });
    expect(judged(once("target"), unknown).allow).toBe(false);
    expect(judged(once("host"), unknown).allow).toBe(false);
  });

  it("must all allow a run, and the one that is free last says when", () => {
    const budgets = [
      { scope: "fix", runs: 1, windowMs: 2 * hour },
      { scope: "host", runs: 1, windowMs: 24 * hour },
      { scope: "all", runs: 9, windowMs: hour },
    ] as const;
    expect(judged(budgets, tried({}))).toEqual({
      allow: false,
      reason:
        "1 of 1 attempts of all fixes on host vm within 1d are used; the next is possible after 2026-03-02 11:00 UTC.",
      retry: nowMs + 23 * hour + 1,
    });
    expect(judged(budgets.slice(0, 1), tried({}, 3)).allow).toBe(true);
  });
});

/** What happens when every allowed request is acted upon; an attempt counts whatever becomes of it. */
function runAll(
  requests: readonly number[],
  limits: { maxRuns: number; windowMs: number },
): number[] {
  const attempts: number[] = [];
  for (const request of requests) {
    if (allows({ ...limits, nowMs: request, attempts })) attempts.push(request);
  }
  return attempts;
}

const limits = fc.record({
  maxRuns: fc.integer({ min: 0, max: 5 }),
  windowMs: fc.integer({ min: 1, max: 50 }),
});

describe("any sequence of requests", () => {
  test.prop([fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }), limits])(
    "never acts more often than the budget within any window, first and last moment included",
    (requests, given) => {
      const acts = runAll(
        requests.toSorted((a, b) => a - b),
        given,
      );
      for (const start of acts) {
        const within = acts.filter((at) => at >= start && at <= start + given.windowMs);
        expect(within.length).toBeLessThanOrEqual(given.maxRuns);
      }
    },
  );

  test.prop([fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }), limits])(
    "never acts more often within any window of the clock, whichever way the clock jumps",
    (requests, given) => {
      const acts = runAll(requests, given);
      for (const start of acts) {
        const within = acts.filter((at) => at >= start && at <= start + given.windowMs);
        expect(within.length).toBeLessThanOrEqual(given.maxRuns);
      }
    },
  );

  test.prop([fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 50 }), limits, fc.nat(200)])(
    "is never freed by turning the clock back",
    (attempts, given, back) => {
      const later = { ...given, nowMs: 300, attempts };
      if (!allows(later)) expect(allows({ ...later, nowMs: 300 - back })).toBe(false);
    },
  );
});
