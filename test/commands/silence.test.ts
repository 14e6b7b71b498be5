/** What `silence` and `unsilence` answer, word for word, and where `status` shows a silence. */
import { describe, expect, it } from "vitest";
import { silenceOf } from "../../src/incidents/silence.ts";
import { openIncident } from "../fakes/episodes.ts";
import { answer, asks, contextOf, now, ticket } from "./asking.ts";

const open = openIncident({ ticket, openedAtMs: now - 14 * 60_000 });
const hour = 3_600_000;
const silenced = openIncident({
  ...open,
  silence: silenceOf(open, {
    command: "ticket:2#0",
    by: "sarah",
    atMs: now,
    untilMs: now + 2 * hour,
  }),
});

describe("silence", () => {
  const quiet =
    "Quiet until 11:01 UTC for credit_score of churn-v7 alone: no tickets, no comments, no runs. Still watched, and this ticket is kept up to date by edits. Told all the same: what is worse than P1, another feature, another model. At the end what still goes on is told here. Undo: dw unsilence.";

  it("says what is silenced, until when, what goes on, and how it is undone", () => {
    expect(answer("dw silence 2h deploy").replaceAll("\n", " ")).toBe(quiet);
    expect(asks("dw silence 2h deploy")).toMatchObject({
      status: "done",
      deed: { kind: "silence", untilMs: now + 2 * hour },
    });
  });

  it.each([
    ["1h30m deploy", 1.5 * hour],
    ["1h 30m deploy", 1.5 * hour],
    ["90 Min deploy", 1.5 * hour],
    ["2 hours 3 models are retrained", 2 * hour],
    ["1m short", hour / 60],
    ["7d holidays", 168 * hour],
    ["1 week holidays", 168 * hour],
    ["1.333333h deploy", 4_799_999],
  ])("reads the time of %s", (text, forMs) => {
    expect(asks(`dw silence ${text}`)).toMatchObject({ deed: { untilMs: now + forMs } });
  });

  it("names the day where it ends on another one", () => {
    expect(answer("dw silence 1d deploy")).toContain("Quiet until 2025-10-10 09:01 UTC for");
  });

  it("is refused without a time, without a reason, and for too short or too long", () => {
    const wanted = "a time from 1m to 7d is expected, then the reason: 2h deploy.";
    for (const said of [
      "dw silence",
      "dw silence deploy",
      "dw silence 2 deploy",
      "dw silence -1h x",
    ])
      expect(answer(said)).toBe(`Not done: ${wanted} Nothing was changed.`);
    expect(answer("dw silence 2h").replaceAll("\n", " ")).toBe(
      `Not done: the reason is missing; ${wanted} Nothing was changed.`,
    );
    for (const said of ["59s", "0h", "7d1s", "8d", "999999999999999h"])
      expect(answer(`dw silence ${said} deploy`)).toBe(
        "Not done: a silence lasts from 1m to 7d. Nothing was changed.",
      );
    expect(answer(`dw silence 2h ${"x".repeat(1000)}`)).toContain("longer than 1000 characters");
  });

  it("is refused for what is over", () => {
    const over = openIncident({ ...open, state: "resolved" });
    expect(answer("dw silence 2h deploy", { incident: over })).toBe(
      "Not done: it is over, so there is nothing to silence.",
    );
  });

  it("of a P0 asks first", () => {
    const worst = openIncident({ ...open, severity: "P0" });
    expect(answer("dw silence 2h deploy", { incident: worst })).toBe(
      "Silence a P0 until 11:01 UTC: credit_score of churn-v7?",
    );
    const confirmed = { incident: worst, confirmed: true };
    expect(asks("dw silence 2h deploy", confirmed)).toMatchObject({ deed: { kind: "silence" } });
  });

  it("is ended by unsilence, which is refused where nothing is silenced", () => {
    expect(answer("dw unsilence", { incident: silenced })).toBe(
      "sarah ended the silence of credit_score of churn-v7. What breaks from now on is told, and fixes\nthat waited for it are asked for again.",
    );
    expect(answer("dw unsilence")).toBe("Not done: nothing is silenced here. Nothing was changed.");
  });

  it("needs the role of responder", () => {
    for (const word of ["silence", "unsilence"])
      expect(contextOf().commands.find(({ words }) => words[0] === word)?.role).toBe("responder");
  });
});

describe("status: what is left", () => {
  it("names the question, the run and the silence that are still to come", () => {
    const denied = {
      id: "r1",
      fix: "restart-svc",
      remediation: "restart-container",
      target: "feature-store-1",
      atMs: now,
      status: "denied",
      gate: "cooldown",
      retryAtMs: now + hour,
      detail: "The cooldown goes on.",
    } as const;
    const question = { command: "ticket:1#0", word: "close", by: "tom", untilMs: now + 1 };
    const incident = openIncident({
      ...silenced,
      runs: [denied],
      people: { words: [], questions: [question], lastAtMs: now },
    });
    expect(answer("dw status", { incident }).replaceAll(/\s+/g, " ")).toContain(
      "Left close of tom asks for dw yes until 09:01; restart-svc not before 10:01 UTC; silenced by sarah until 2025-10-09 11:01 UTC: credit_score of churn-v7",
    );
  });

  it("and the list of what is open names a silence", () => {
    const listed = answer("status", { incident: undefined, open: [silenced] });
    expect(listed.replaceAll("\n", " ")).toContain(
      "nobody has it, silenced by sarah until 2025-10-09 11:01 UTC",
    );
  });
});
