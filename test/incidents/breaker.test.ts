/** The second run in a row that did not help: it is told once, and the fix asks from then on. */
import { describe, expect, it } from "vitest";
import { type ActedRun, FixRuns } from "../../src/incidents/breaker.ts";
import type { Incident, Mails } from "../../src/incidents/incident.ts";
import type { Moment } from "../../src/incidents/reduce/aspect.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";
import { moment, run, step } from "../fakes/reducing.ts";

const acted = (name: string, atMs: number, outcome: ActedRun["outcome"] = null): ActedRun => ({
  run: name,
  fix: "restart-svc",
  atMs,
  outcome,
  target: "svc-1",
});
const before = { run: "r0", atMs: 1, outcome: "not_recovered", target: "svc-1" } as const;
const ticket = { id: "1", key: "IR-1", url: "http://jira/browse/IR-1" };

function tried(mails?: Mails): Incident {
  return openIncident({ ticket, runs: [run], ...(mails && { mails }) });
}

const verified = {
  type: "verified",
  id: "v",
  run: run.id,
  model: episodeOpened().model,
  at: 1,
  outcome: "not_recovered",
  detail: "still anomalous",
} as const;
const second: Moment = { ...moment({ ticketed: true }), unhelped: before };

describe("the runs of a fix that a batch judges", () => {
  it("are two in a row when both did not help, in whatever order they are judged", () => {
    const late = new FixRuns([acted("a", 1, "not_recovered"), acted("b", 2)]);
    expect(late.judge("b", "not_recovered")).toMatchObject({ run: "a" });
    const early = new FixRuns([acted("a", 1), acted("b", 2, "failed")]);
    expect(early.judge("a", "not_recovered")).toMatchObject({ run: "b" });
    const both = new FixRuns([acted("a", 1), acted("b", 2)]);
    expect(both.judge("a", "not_recovered")).toBeUndefined();
    expect(both.judge("b", "failed")).toMatchObject({ run: "a", outcome: "not_recovered" });
  });

  it("are none when one helped, is not told, is not the newest, or is another fix's", () => {
    const helped = new FixRuns([acted("a", 1, "not_recovered"), acted("b", 2)]);
    expect(helped.judge("b", "recovered")).toBeUndefined();
    expect(helped.judge("b", "inconclusive")).toBeUndefined();
    const old = [acted("a", 1), acted("b", 2, "not_recovered"), acted("c", 3, "not_recovered")];
    expect(new FixRuns(old).judge("a", "not_recovered")).toBeUndefined();
    const other = { ...acted("a", 1, "not_recovered"), fix: "another" };
    expect(new FixRuns([other, acted("b", 2)]).judge("b", "not_recovered")).toBeUndefined();
    expect(new FixRuns([]).judge("b", "not_recovered")).toBeUndefined();
  });
});

describe("the second run in a row that did not help (A34)", () => {
  it("is told in one comment, which says the result too", () => {
    const { effects, incident } = step(tried(), verified, second);
    const comments = effects.filter(({ effect }) => effect.kind === "ticket.comment");
    expect(comments.map(({ effect }) => effect)).toMatchObject([
      { note: { about: "escalated", detail: "still anomalous", before } },
    ]);
    expect(incident.mails?.said).toEqual(["escalation"]);
    expect(incident.runs).toMatchObject([{ outcome: "not_recovered", opensBreaker: true }]);
  });

  it("is told though the mails of the ticket are used up, and only once", () => {
    const full: Mails = { sent: 4, said: ["picture", "result", "worse"] };
    const told = step(tried(full), verified, second);
    expect(told.incident.mails).toEqual({ sent: 5, said: [...full.said, "escalation"] });
    const again = step(told.incident, { ...verified, id: "v2" }, second);
    expect(again.effects.map(({ effect }) => effect.kind)).not.toContain("ticket.comment");
  });

  it("is taken back by a later answer that it helped after all", () => {
    const told = step(tried(), verified, second).incident;
    const helped = { ...verified, id: "v2", outcome: "recovered" } as const;
    expect(step(told, helped).incident.runs[0]?.opensBreaker).toBeUndefined();
  });

  it("is not told of the first that did not help", () => {
    const { effects, incident } = step(tried(), verified, moment({ ticketed: true }));
    expect(effects.map(({ effect }) => effect)).toContainEqual(
      expect.objectContaining({ note: expect.objectContaining({ about: "verified" }) }),
    );
    expect(incident.runs[0]?.opensBreaker).toBeUndefined();
  });
});
