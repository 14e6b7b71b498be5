/** `npm run safety` on the unchanged product, and proof that it detects defects: with one part removed it fails. */
import { describe, expect, it } from "vitest";
import { type Change, safetyOf } from "../safety/mutant.ts";

/** Defect: a process counts only its own runs. Every process of a history is new for each effect. */
const budgetPerProcess: readonly Change[] = [
  {
    file: "healing/runner.ts",
    from: "decideRun(requested, history)",
    to: "decideRun(requested, { ...history, attempts: [] })",
  },
];
const gateSkipped: readonly Change[] = [
  { file: "healing/gates/gates.ts", from: "\n  refused,", to: "" },
];
const approvalTwice: readonly Change[] = [
  {
    file: "healing/run-ledger.ts",
    from: 'run.status === "proposed" && run.proposal?.id === approved',
    to: 'run.status === "proposed" || run.status === "denied"',
  },
];

/** Defect: the peer of the executor's socket is not checked, so anybody may replace the socket. */
const peerUnchecked: readonly Change[] = [
  { file: "executor/peer.ts", from: "if (isShared) {", to: "if (isShared && uid < 0) {" },
];
const permitUnchecked: readonly Change[] = [
  { file: "executor/restarts.ts", from: "mayAct: onlyOnce(permit)", to: "mayAct: undefined" },
];
/** Defect: images and memory are changed by any plan, so something else is done than what a person has read. */
const planUnchecked: readonly Change[] = [
  { file: "executor/changes.ts", from: "planned.plan === plan", to: 'planned.plan !== ""' },
];

/** Options of a run that ends with the first wrong history. */
const manyHistories = ["--histories", "20000", "--stored", "0", "--seed", "1", "--first", "--json"];

const lastLine = (stdout: string): unknown => JSON.parse(stdout.trim().split("\n").at(-1) ?? "");

describe("npm run safety", () => {
  it("ends with its figures, all zero, and 0", async () => {
    const { code, stdout, stderr } = await safetyOf(
      [],
      ["--histories", "50", "--stored", "0", "--fuzz", "300", "--seed", "7", "--json"],
    );
    expect(stderr).toBe("");
    expect(lastLine(stdout)).toEqual({
      seed: 7,
      histories: 50,
      fuzz: 300,
      budget_violations: 0,
      refused_target_acts: 0,
      acts_without_intent: 0,
      acts_without_approval: 0,
      executor_escapes: 0,
    });
    expect(code).toBe(0);
  });

  it.each([
    ["a budget that each process counts for itself", budgetPerProcess, "budget_violations"],
    ["a gate that is skipped", gateSkipped, "refused_target_acts"],
    ["an approval that counts twice", approvalTwice, "acts_without_approval"],
  ] as const)("fails for %s, and says which run it was", async (_what, changes, figure) => {
    const { code, stdout, stderr } = await safetyOf(changes, manyHistories);
    expect(code).toBe(1);
    expect(lastLine(stdout)).toMatchObject({ [figure]: expect.any(Number) });
    expect(lastLine(stdout)).not.toMatchObject({ [figure]: 0 });
    expect(stderr).toMatch(/^WRONG [0-9a-f]{20} of restart-(a|b|any) was decided /);
  });

  it.each([
    ["a socket that is not checked", peerUnchecked, "it served a socket that anybody may replace"],
    ["a permit that is not checked", permitUnchecked, "the permit had expired"],
    ["a plan that is not checked", planUnchecked, "another container or plan was asked for"],
  ] as const)("fails for an executor with %s", async (_what, changes, why) => {
    const args = ["--histories", "0", "--fuzz", "2000", "--seed", "1", "--json"];
    const { code, stdout, stderr } = await safetyOf(changes, args);
    expect(code).toBe(1);
    expect(lastLine(stdout)).not.toMatchObject({ executor_escapes: 0 });
    expect(stderr).toContain(why);
  });
});
