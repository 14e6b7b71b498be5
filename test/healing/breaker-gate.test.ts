/** The breaker of a fix: what opens it, what it asks for, and what closes it. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { approval } from "../../src/healing/gates/approval.ts";
import { breaker } from "../../src/healing/gates/breaker.ts";
import type { GateFacts } from "../../src/healing/gates/gate-facts.ts";
import { gates } from "../../src/healing/gates/gates.ts";
import { actOn, defaultApproval, propose } from "../../src/healing/proposing.ts";
import { type JudgedRun, openedBy } from "../../src/incidents/breaker.ts";
import type { AnsweredProposal, ProposedAct } from "../../src/incidents/proposal.ts";
import { fineFacts, nowMs, targetNamed } from "../fakes/gate-facts.ts";
import { storedRun } from "../fakes/runs.ts";
import { setUp } from "./runner-place.ts";

const minute = 60_000;
const outcomes = ["recovered", "not_recovered", "failed"] as const;

/** Newest first. */
const judgedAs = (...given: readonly JudgedRun["outcome"][]): readonly JudgedRun[] =>
  given.map((outcome, n) => ({
    run: `r${n}`,
    atMs: nowMs - (n + 1) * 60 * minute,
    outcome,
    target: "svc-1",
  }));
const judge = (judged: readonly JudgedRun[], facts: Partial<GateFacts> = {}) =>
  breaker.judge({ ...fineFacts, judged, ...facts });

const plan = { does: "restarts it", parameters: {} };
const act: ProposedAct = actOn([targetNamed("svc-1")], {
  fix: "restart-svc",
  remediation: "restart-container",
  incident: "inc-e1",
  plan,
});
const proposal = propose({
  run: "r",
  act,
  does: plan.does,
  nowMs,
  newestRowMs: nowMs,
  cadenceMs: minute,
  severity: "P1",
  settings: defaultApproval,
  canAnswer: [],
  before: { acted: 2, helped: 0 },
  taken: [],
});
const said = [{ by: "sarah", command: "c", atMs: nowMs }];
const approved: AnsweredProposal = { ...proposal, said, approved: true };

describe("the breaker of a fix (A34)", () => {
  it("opens by two runs in a row that did not help, and asks for a person's word", () => {
    expect(judge(judgedAs("not_recovered"))).toEqual({ allow: true });
    expect(judge(judgedAs("not_recovered", "not_recovered"))).toEqual({
      allow: false,
      retry: "word",
      reason:
        "The last two runs of restart-svc did not help (2026-03-01 10:00 UTC on svc-1, 2026-03-01 11:00 UTC on svc-1), so a person has to agree to the next.",
    });
  });

  it("takes a run that left its target unhealthy for one that did not help", () => {
    expect(judge(judgedAs("failed", "not_recovered"))).toMatchObject({ allow: false });
  });

  it("stays closed when one of the last two helped, and is closed by one that does", () => {
    expect(judge(judgedAs("not_recovered", "recovered"))).toEqual({ allow: true });
    expect(judge(judgedAs("recovered", "not_recovered", "not_recovered"))).toEqual({ allow: true });
  });

  it("lets the run that a person approved pass, and no other", () => {
    const judged = judgedAs("not_recovered", "not_recovered");
    expect(judge(judged, { answered: approved })).toEqual({ allow: true });
    expect(judge(judged, { answered: { ...proposal, said: [] } })).toMatchObject({ allow: false });
  });

  it("is asked right before the approval, which compares what was approved in mode auto too", () => {
    const names = gates.map(({ name }) => name);
    expect(names.indexOf("approval")).toBe(names.indexOf("breaker") + 1);
    const facts = { ...fineFacts, answered: approved };
    expect(approval.judge({ ...facts, act })).toEqual({ allow: true });
    const recreated = { ...act, id: "another" };
    expect(approval.judge({ ...facts, act: recreated })).toMatchObject({ allow: false });
  });

  it("is only said in mode observe: nobody is asked for a run that would not act", async () => {
    const { ledger, start, acts } = setUp({ fix: { mode: "observe" } });
    for (const id of ["a", "b"])
      ledger.runs.set(id, { ...storedRun(id), outcome: "not_recovered", targetName: "svc-1" });
    expect(await start("e1")).toMatchObject({
      status: "observed",
      detail: expect.stringContaining("It would ask first. The last two runs of restart-svc"),
    });
    expect(acts).toEqual([]);
  });

  it("is the reason of a proposal in mode auto, and no reason of one that would have asked anyway", async () => {
    const { ledger, start } = setUp({ fix: { mode: "auto" } });
    for (const id of ["a", "b"])
      ledger.runs.set(id, { ...storedRun(id), outcome: "not_recovered", targetName: "svc-1" });
    const proposed = await start("e1");
    expect(ledger.runs.get(proposed?.id ?? "")?.proposal?.because).toContain(
      "The last two runs of restart-svc did not help",
    );
    const asking = setUp({ fix: { mode: "approve" } });
    const asked = await asking.start("e1");
    expect(asked?.status).toBe("proposed");
    expect(asking.ledger.runs.get(asked?.id ?? "")?.proposal).not.toHaveProperty("because");
  });

  test.prop([fc.array(fc.constantFrom(...outcomes), { maxLength: 6 })])(
    "depends on the last two judged runs alone",
    (given) => {
      const isOpen = given.length > 1 && !given.slice(0, 2).includes("recovered");
      expect(openedBy(judgedAs(...given)).length > 0).toBe(isOpen);
    },
  );
});
