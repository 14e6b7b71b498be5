import { describe, expect, it } from "vitest";
import { type Approvals, countApprovals, type Told, wrongApprovals } from "./approvals-oracle.ts";
import { approveWithinMs } from "./approver.ts";
import { outsiderName, type Said, speakerName } from "./conversation.ts";
import type { Decided } from "./recording.ts";
import type { StoredRun } from "./runs-oracle.ts";

const run: StoredRun = {
  id: "r1",
  fix: "restart-a",
  status: "acted",
  target_id: "c1",
  started_at: "T0",
  detail: "It was restarted.",
};
const proposed: Decided = {
  run: "r1",
  status: "proposed",
  atMs: 1000,
  asked: "KRMT",
  target: "c1",
  started: "T0",
};
const acting: Decided = { ...proposed, status: "acting", atMs: 5000, asked: undefined };
const says = (words: string, atMs: number): Said => ({
  id: String(atMs),
  key: "IR-1",
  by: speakerName,
  words,
  word: `zq${atMs}x`,
  atMs,
});
const answers = (to: Said, text: string): Told => ({ body: `${text} "${to.word}"`, atMs: to.atMs });
const yes = says("approve KRMT", 2000);
const bare = says("approve", 2000);
const approved = answers(yes, "ben approved KRMT: restart-container on a.");

/** A proposal that was approved and done. */
const right: Approvals = {
  restarts: [{ container: "c1", before: "T0", after: "T1", atMs: 5100 }],
  runs: [run],
  decided: [proposed, acting],
  said: [yes],
  told: [approved],
  deleted: new Set(),
  asks: () => true,
};
const freeze = says('freeze "calm" 1m deploy', 1200);
const frozen = answers(freeze, "No fix runs until 17:02.");

describe("the oracle of approvals", () => {
  it.each([
    ["what was approved and done", {}],
    ["a yes without letters", { said: [bare], told: [answers(bare, "ben approved KRMT: it")] }],
    [
      "a yes without letters on a ticket that is gone",
      { said: [bare], told: [], deleted: new Set(["IR-1"]) },
    ],
    [
      "an act of a fix that does not ask",
      { asks: () => false, decided: [acting], said: [], told: [] },
    ],
    [
      "an act after a freeze ended",
      { said: [freeze, says("unfreeze calm", 1800), yes], told: [approved, frozen] },
    ],
    ["what nobody approved", { restarts: [], runs: [{ ...run, status: "void" }], said: [] }],
  ] satisfies readonly (readonly [string, Partial<Approvals>])[])("passes %s", (_what, other) => {
    expect(wrongApprovals({ ...right, ...other })).toEqual([]);
  });

  const later = { ...acting, atMs: 6000 };
  it.each([
    ["an act that nobody was asked about", { decided: [acting] }, "nobody was asked"],
    [
      "an approval that was used up by a denial",
      { decided: [proposed, { ...acting, status: "denied" }, later] },
      "nobody was asked",
    ],
    [
      "an approval that is used for the next question too",
      { decided: [proposed, { ...proposed, atMs: 3000, asked: "VWXZ" }, later] },
      "nobody said yes between",
    ],
    [
      "an act on something else",
      { decided: [{ ...proposed, started: "T9" }, acting] },
      "people were asked about something else",
    ],
    ["an act without a yes", { said: [] }, "nobody said yes between"],
    ["a yes of other letters", { said: [says("approve ZZZZ", 2000)] }, "nobody said yes between"],
    ["a yes of an outsider", { said: [{ ...yes, by: outsiderName }] }, "nobody said yes between"],
    ["a yes before the question", { said: [{ ...yes, atMs: 900 }] }, "nobody said yes between"],
    [
      "a yes without letters before the question",
      { said: [{ ...bare, atMs: 900 }], told: [answers(bare, "ben approved KRMT: it")] },
      "nobody said yes between",
    ],
    ["a yes after the act", { said: [{ ...yes, atMs: 5200 }] }, "nobody said yes between"],
    [
      "an act after a no",
      { told: [approved, { body: "ben said no to KRMT: it", atMs: 3000 }] },
      "somebody said no",
    ],
    [
      "an act after its time",
      { decided: [proposed, { ...acting, atMs: 10_000 + approveWithinMs }] },
      "its time was over",
    ],
    [
      "an act in a freeze that held before the yes",
      {
        said: [freeze, yes],
        told: [approved, frozen],
        decided: [proposed, { ...acting, atMs: 0 }],
      },
      "everything was frozen before anybody said yes",
    ],
    [
      "a decision to act in a freeze",
      { said: [freeze], told: [frozen], asks: () => false, decided: [acting] },
      "was decided to act while everything was frozen",
    ],
    [
      "two acts by one approval",
      {
        restarts: [...right.restarts, ...right.restarts],
      },
      "two acts by one approval: KRMT",
    ],
    [
      "a proposal that never ends",
      { restarts: [], runs: [{ ...run, status: "proposed" }] },
      "still waits for a word",
    ],
    [
      "what was approved and left without a reason",
      { restarts: [], runs: [{ ...run, status: "void", detail: "" }] },
      "nothing says what became of it",
    ],
    ["an approval of nothing", { decided: [], restarts: [] }, "nobody was asked about it"],
  ] satisfies readonly (readonly [string, Partial<Approvals>, string])[])(
    "finds %s",
    (_what, other, wrong) => {
      expect(wrongApprovals({ ...right, ...other })).toContainEqual(expect.stringContaining(wrong));
    },
  );

  it("counts proposals, and how they ended", () => {
    const expired = { ...run, id: "r2", status: "void", detail: "Nobody answered in time." };
    expect(countApprovals({ ...right, runs: [run, expired] })).toEqual({
      proposals: 1,
      approvals: 1,
      denials: 0,
      expiries: 1,
    });
  });
});
