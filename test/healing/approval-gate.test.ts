/** The gates of a person's word: an approval fits exactly what was asked, and a no is remembered. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { approval } from "../../src/healing/gates/approval.ts";
import { declined } from "../../src/healing/gates/declined.ts";
import { defaultApproval, hashOf, propose } from "../../src/healing/proposing.ts";
import type { AnsweredProposal, ProposedAct } from "../../src/incidents/proposal.ts";
import { atMost } from "../fakes/limits.ts";

const minute = 60_000;
const nowMs = Date.parse("2026-03-01T12:00:00Z");
const act: ProposedAct = {
  fix: "restart-svc",
  remediation: "restart-container",
  incident: "inc-e1",
  id: "a".repeat(64),
  name: "svc",
  host: "box",
  snapshot: { image_id: "sha256:1", started_at: "2026-01-01T00:00:00Z" },
  parameters: { grace_seconds: "10" },
};

const proposing = {
  run: "r1",
  act,
  does: "restarts svc",
  nowMs,
  newestRowMs: nowMs,
  cadenceMs: minute,
  severity: "P1",
  settings: defaultApproval,
  canAnswer: [],
  before: { acted: 0, helped: 0 },
};

function proposal(changes: Partial<AnsweredProposal> = {}): AnsweredProposal {
  const made = propose({ ...proposing, taken: [] });
  return {
    ...made,
    said: [{ by: "sarah", command: "c", atMs: nowMs }],
    approved: true,
    ...changes,
  };
}

const facts = {
  nowMs,
  fix: {
    name: "restart-svc",
    tier: "auto",
    cooldownMs: 0,
    denyForMs: 60 * minute,
    ...atMost(3, minute),
  },
  freeze: undefined,
  restoredAtMs: undefined,
  newestRowMs: nowMs,
  cadenceMs: minute,
  warmUp: undefined,
  lastAttemptEndMs: undefined,
  attempts: [],
  asks: true,
  act,
} as const;

const allows = (changes: object): boolean => approval.judge({ ...facts, ...changes }).allow;

describe("the gate approval", () => {
  it("allows what was approved, until its time is over to the millisecond", () => {
    const answered = proposal();
    const { untilMs } = answered;
    expect(allows({ answered })).toBe(true);
    expect(allows({ answered, nowMs: untilMs })).toBe(true);
    expect(allows({ answered, nowMs: untilMs + 1 })).toBe(false);
    expect(allows({ answered, nowMs: Number.NaN })).toBe(false);
  });

  it("waits for a word where nobody was asked, and needs none where the fix runs by itself", () => {
    expect(approval.judge(facts)).toMatchObject({ allow: false, retry: "word" });
    expect(allows({ asks: false })).toBe(true);
  });

  it("denies what enough people have not approved", () => {
    const { approved: _enough, ...answered } = proposal();
    expect(allows({ answered })).toBe(false);
  });

  it.each([
    ["id", { ...act, id: "b".repeat(64) }],
    ["image", { ...act, snapshot: { ...act.snapshot, image_id: "sha256:2" } }],
    ["start", { ...act, snapshot: { ...act.snapshot, started_at: "2026-01-02T00:00:00Z" } }],
    ["option", { ...act, parameters: { grace_seconds: "11" } }],
    ["incident", { ...act, incident: "inc-e2" }],
    ["target that is not there", undefined],
  ])("denies another %s than was approved, for good, and says what changed", (_, now) => {
    const judgement = approval.judge({ ...facts, answered: proposal(), act: now });
    expect(judgement).toMatchObject({
      allow: false,
      reason: expect.stringMatching(/was|not there/),
    });
    expect(judgement).not.toHaveProperty("retry");
  });

  const [one, two] = [
    { approvals: 1, others: false, twice: false },
    { approvals: 2, others: false, twice: false },
  ];
  const same = { by: "sarah", command: "c2", atMs: nowMs };
  const both = [proposal().said[0] ?? same, { ...same, by: "tom" }];

  it.each([
    ["1 by the configuration", { now: one }, true],
    ["2 by the configuration", { now: two }, false],
    ["2 by the configuration, and both gave it", { now: two, said: both }, true],
    ["2 by its proposal, and 1 by now", { now: one, rules: two }, false],
    ["another one than who asked", { now: { ...one, others: true }, askedBy: "sarah" }, false],
    [
      "two different people by now, and one gave it twice",
      { now: two, rules: { ...two, twice: true }, said: [...proposal().said, same] },
      false,
    ],
  ])(
    "goes by what is stricter: a run that needs the word of %s",
    (_, { now, ...changes }, wanted) => {
      const answered = proposal(changes);
      expect(allows({ answered, fix: { ...facts.fix, approvalRules: now } })).toBe(wanted);
    },
  );

  it("denies an approval whose stored act does not fit its hash", () => {
    const forged = proposal({ act: { ...act, id: "b".repeat(64) }, hash: "0".repeat(64) });
    expect(allows({ answered: forged })).toBe(false);
  });
});

const text = fc.string({ maxLength: 8 });
const texts = fc.dictionary(text, text, { maxKeys: 3 });
const anyAct = fc.record({
  fix: text,
  remediation: text,
  incident: text,
  id: text,
  name: text,
  host: text,
  snapshot: texts,
  parameters: texts,
});

describe("the hash of an act", () => {
  test.prop([anyAct])("is the same in whatever order its keys were read", (one) => {
    const turned = Object.fromEntries(Object.entries(one.snapshot).toReversed());
    expect(hashOf({ ...one, snapshot: turned })).toBe(hashOf(one));
  });

  test.prop([anyAct, anyAct])("differs where anything of the act does", (one, other) => {
    const isSame = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
    expect(hashOf(one) === hashOf(other)).toBe(isSame);
  });
});

const sorted = ({ snapshot, parameters, ...rest }: ProposedAct): unknown =>
  [rest, snapshot, parameters].map((part) =>
    Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

describe("the letters of a proposal", () => {
  it("are others than those of every proposal that waits", () => {
    const first = proposal().id;
    const made = propose({ ...proposing, taken: [first] });
    expect(made.id).not.toBe(first);
    expect(made.id).toMatch(/^[BCDFGHJKMNPRSTVWXZ]{4}$/);
  });
});

describe("the gate declined", () => {
  const lastNo = { atMs: nowMs - 30 * minute, severity: "P1" };

  it("denies for deny_for after a no, to the millisecond, and says until when", () => {
    const at = (ms: number) => declined.judge({ ...facts, lastNo, nowMs: lastNo.atMs + ms });
    expect(at(60 * minute)).toMatchObject({ allow: false, retry: lastNo.atMs + 60 * minute + 1 });
    expect(at(60 * minute + 1)).toEqual({ allow: true });
  });

  it("asks again when the severity is higher than at the no, and not when it is the same or lower", () => {
    const allowed = ["P0", "P1", "P2"].map(
      (severity) => declined.judge({ ...facts, lastNo, severity }).allow,
    );
    expect(allowed).toEqual([true, false, false]);
  });
});
