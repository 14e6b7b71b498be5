import { describe, expect, it } from "vitest";
import { auditText } from "../../src/cli/audit-text.ts";
import type { AuditedLine } from "../../src/store/journal/audited.ts";

const act: AuditedLine = {
  id: "run:1",
  at: 0,
  kind: "act",
  incident: 1,
  account: null,
  door: null,
  said: null,
  done: null,
  code: null,
  run: "1",
  fix: "restart-a",
  remediation: "restart-container",
  target: "a-1",
  result: "acted",
  detail: null,
  answers: null,
  before: { image_id: "i", started_at: "04:00", dependants: "gateway-1 (network)" },
  after: { image_id: "i", started_at: "05:00" },
  outcome: "recovered",
  words: [],
};

describe("an act in the audit", () => {
  it("says what changed, and nothing of dependants, at which nobody looked again", () => {
    expect(auditText(act, new Map())).toMatch(/ → acted, recovered, started_at 04:00 → 05:00$/);
  });

  it("says no change where nobody looked after it", () => {
    expect(auditText({ ...act, after: null, outcome: null }, new Map())).toMatch(/ → acted$/);
  });
});
