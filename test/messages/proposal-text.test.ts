import { describe, expect, it } from "vitest";
import type { Proposal } from "../../src/incidents/proposal.ts";
import { words } from "../../src/messages/message.ts";
import { plainText } from "../../src/messages/plain-text.ts";
import { renderProposal } from "../../src/messages/proposal-text.ts";

const madeAtMs = Date.UTC(2026, 10, 19, 6, 30);

const proposal: Proposal = {
  id: "KRMT",
  act: {
    fix: "restart-svc",
    remediation: "restart-container",
    incident: "inc-e1",
    id: "c0ffee",
    name: "feature-store-1",
    host: "box",
    snapshot: { image_id: "sha256:1", started_at: "2026-11-19T06:01:00Z" },
    parameters: { grace_seconds: "10" },
  },
  hash: "",
  madeAtMs,
  untilMs: madeAtMs + 30 * 60_000,
  newestRowMs: madeAtMs,
  freshUntilMs: madeAtMs + 15 * 60_000,
  severity: "P1",
  does: "stops feature-store-1 (within 10 s) and starts it again",
  rules: { approvals: 1, others: false, twice: false },
  canAnswer: ["sarah", "tom"],
  before: { acted: 3, helped: 2 },
};

describe("a proposal (A25)", () => {
  it("shows what it would do, to what, in which state, and what was done before", () => {
    const text = plainText([renderProposal(proposal, words("credit_score fell"))]);
    for (const shown of [
      "KRMT: restart-container on feature-store-1?",
      "credit_score fell; this helped 2 of 3 times before",
      "stops feature-store-1 (within 10 s) and starts it again",
      "feature-store-1 on box, id c0ffee",
      "sha256:1",
      "2026-11-19T06:01:00Z",
      "grace_seconds 10",
      "dw approve KRMT or dw deny KRMT REASON",
      "sarah, tom",
    ])
      expect(text).toContain(shown);
  });

  it("shows an engine's id of 64 digits as docker ps does", () => {
    const act = { ...proposal.act, id: "c0ffee".padEnd(64, "0") };
    const text = plainText([renderProposal({ ...proposal, act }, words("why"))]);
    expect(text).toContain("feature-store-1 on box, id c0ffee000000\n");
  });

  it("says why a fix in mode auto asks, and what it would cut off", () => {
    const snapshot = { ...proposal.act.snapshot, dependants: "web-1 (depends_on)" };
    const because = "The last two runs of restart-svc did not help.";
    const asked = { ...proposal, because, act: { ...proposal.act, snapshot } };
    const [auto, usual] = [asked, proposal].map((one) =>
      plainText([renderProposal(one, words("credit_score fell"))]),
    );
    expect(auto).toMatch(/Asks +The last two runs of restart-svc did not help\./);
    expect(auto).toMatch(/Cuts off +web-1 \(depends_on\)/);
    expect(auto).toContain("every other gate allows it");
    expect(usual).not.toMatch(/Asks {2}|Cuts off/);
    expect(usual).toContain("every gate allows it");
  });

  it("names nobody to type a second word unless two people have to approve it", () => {
    const two = { ...proposal, rules: { approvals: 2, others: false, twice: true } };
    const [one, both] = [proposal, two].map((asked) =>
      plainText([renderProposal(asked, words(""))]),
    );
    expect(one).not.toContain("two people");
    expect(both).toContain(
      "two people have to approve it, or the same with feature-store-1 behind it",
    );
  });
});
