import { describe, expect, it } from "vitest";
import { auditJson, auditText } from "../../src/cli/audit-text.ts";
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
  freeze: null,
};

describe("a freeze in the audit", () => {
  const freeze = {
    name: "black\u001bfriday",
    reason: "code freeze",
    by: "sarah",
    atMs: Date.UTC(2026, 10, 27),
    untilMs: Date.UTC(2026, 10, 30, 8),
    matchers: { models: ["churn-v7"] },
    endedBy: null,
  };

  it("says who declared it, its name, when it holds, why, and for what", () => {
    expect(auditText({ ...act, kind: "freeze", freeze }, new Map())).toBe(
      '1970-01-01T00:00:00.000Z freeze   incident 1 sarah: "black\\u001bfriday" from 2026-11-27T00:00:00Z until 2026-11-30T08:00:00Z: code freeze (only model churn-v7)',
    );
  });

  it("says who ended it before its time, and who had declared it", () => {
    const ended: AuditedLine = { ...act, kind: "unfreeze", freeze: { ...freeze, endedBy: "tom" } };
    expect(auditText(ended, new Map())).toContain(
      ' tom: "black\\u001bfriday" declared by sarah, from 2026-11-27T00:00:00Z until',
    );
    expect(auditJson(ended, new Map())).toMatchObject({
      kind: "unfreeze",
      who: "tom",
      by: "sarah",
    });
  });
});

describe("an act in the audit", () => {
  it("says what changed, and nothing of dependants, at which nobody looked again", () => {
    expect(auditText(act, new Map())).toMatch(/ → acted, recovered, started_at 04:00 → 05:00$/);
  });

  it("says no change where nobody looked after it", () => {
    expect(auditText({ ...act, after: null, outcome: null }, new Map())).toMatch(/ → acted$/);
  });
});
