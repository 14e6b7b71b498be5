/** What gates, approvals and `check` make of several targets that are replicas of one service. */
import { describe, expect, it } from "vitest";
import type { Target } from "../../remediations/remediation.ts";
import type { Budget } from "../../src/healing/budgets.ts";
import type { Fix } from "../../src/healing/fix.ts";
import { approval } from "../../src/healing/gates/approval.ts";
import { budget } from "../../src/healing/gates/budget.ts";
import { target } from "../../src/healing/gates/target.ts";
import { actOn, hashOf } from "../../src/healing/proposing.ts";
import { historyTargets } from "../../src/healing/replicas.ts";
import { surveyFixes } from "../../src/healing/survey.ts";
import { fineFacts, minute, nowMs, reasonOf, targetNamed } from "../fakes/gate-facts.ts";
import { proposalOf } from "../fakes/proposals.ts";

const replicaOf = { key: "api", service: "api" };
const replica = (name: string, known: Partial<Target> = {}): Target =>
  targetNamed(name, { replicaOf, snapshot: { started_at: "2026-03-01T12:00:00Z" }, ...known });
const api: readonly [Target, ...Target[]] = [replica("api-1"), replica("api-2"), replica("api-3")];

const plan = { does: "restarts them", parameters: {} };
const act = (targets = api) =>
  actOn(targets, { fix: "f", remediation: "restart-container", incident: "i", plan });

const judge = (budgets: readonly Budget[], attempts: readonly string[]) =>
  reasonOf(budget, {
    ...historyTargets(api),
    fix: { ...fineFacts.fix, budgets },
    attempts: attempts.map((of, n) => ({
      atMs: nowMs - (n + 1) * minute,
      fix: "restart-svc",
      target: of,
      host: "vm",
    })),
  });
const within = (scope: Budget["scope"], runs: number): readonly Budget[] => [
  { scope, runs, windowMs: 60 * minute },
];

const changed = (at: number, known: Partial<Target>) =>
  act([
    at === 0 ? replica("api-1", known) : api[0],
    ...api.slice(1).map((one, n) => (n + 1 === at ? { ...one, ...known } : one)),
  ]);

const found = async (targets: readonly Target[], budgets: readonly Budget[]) => {
  const remediation = {
    resolve: async () => targets,
    plan: () => plan,
    act: () => Promise.reject(new Error("check acts on nothing")),
    lookUp: () => Promise.reject(new Error("check looks nothing up")),
    health: async () => "healthy" as const,
  };
  const fix: Fix = {
    name: "restart-api",
    when: {},
    remediation: "restart-container",
    tier: "auto",
    mode: "auto",
    cooldownMs: 0,
    concurrency: 1,
    budgets,
  };
  return (await surveyFixes([{ fix, remediation }]))[0]?.message;
};
const runs = (n: number): readonly Budget[] => [{ scope: "fix", runs: n, windowMs: 60 * minute }];

describe("the gate `target`", () => {
  it("allows replicas of one service, and names what several others are", () => {
    expect(reasonOf(target, { targets: api })).toBeUndefined();
    const web = replica("web-1", { replicaOf: { key: "web", service: "web" }, is: "service web" });
    expect(reasonOf(target, { targets: [replica("api-1"), web] })).toBe(
      "The target of restart-svc is ambiguous: it matches api-1, web-1 (service web), and a run acts on one container, or on replicas of one service.",
    );
  });
});

describe("the budget of a run on three replicas", () => {
  it.each(["fix", "host", "all"] as const)(
    "per %s has room for all three before the first",
    (scope) => {
      expect(judge(within(scope, 4), ["x"])).toBeUndefined();
      expect(judge(within(scope, 4), ["x", "y"])).toMatch(
        /^2 of 4 attempts.* within 1h are used, and 3 replicas need 3; the next is possible after 2026-03-01 12:58 UTC\.$/,
      );
    },
  );

  it("per target is asked for each of them", () => {
    expect(judge(within("target", 1), ["x"])).toBeUndefined();
    expect(judge(within("target", 1), ["api-2"])).toContain("1 of 1 attempts on api-2 within 1h");
  });
});

describe("an approval of replicas", () => {
  it.each([0, 1, 2])("is void when replica %i was restarted or replaced", (at) => {
    const before = hashOf(act());
    expect(hashOf(act())).toBe(before);
    for (const known of [{ id: "other" }, { snapshot: { started_at: "2026-03-01T12:00:01Z" } }])
      expect(hashOf(changed(at, known))).not.toBe(before);
  });

  it("is void when one is gone, and says which", () => {
    const answered = {
      ...proposalOf("KRMT", { act: act(), hash: hashOf(act()), untilMs: nowMs + minute }),
      approved: true as const,
      said: [{ by: "sarah", command: "c", atMs: nowMs }],
    };
    expect(reasonOf(approval, { answered, act: act() })).toBeUndefined();
    expect(reasonOf(approval, { answered, act: act([api[0], replica("api-2")]) })).toBe(
      "What was approved as KRMT has changed: api-3 was container api-3 and is nothing; the start of api-3 was 2026-03-01T12:00:00Z and is nothing.",
    );
  });
});

describe("what `check` says of replicas", () => {
  it("is how many there are, and whether a budget can ever allow them", async () => {
    expect(await found(api, runs(3))).toContain(
      "restart-container of 3 replicas of api, one by one",
    );
    expect(await found(api, runs(2))).toBe(
      "restart-api: 3 replicas match its target, and each is an attempt, of which there are at most 2 per 1h on whatever target",
    );
  });
});
