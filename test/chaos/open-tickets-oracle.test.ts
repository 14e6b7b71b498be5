import { describe, expect, it } from "vitest";
import type { SandboxIssue } from "../../src/sandbox/jira/issue.ts";
import type { DecisionEvent } from "./decisions-oracle.ts";
import { brokenModels, madeTwice, wrongWhenOver, wrongWhileBroken } from "./open-tickets-oracle.ts";

const opened = (id: string, model: string): DecisionEvent => ({
  type: "episode_opened",
  id,
  model: `t/e/main/${model}`,
});
const closed = (episode: string): DecisionEvent => ({
  type: "episode_closed",
  id: `closed ${episode}`,
  model: "",
  episode,
});

function ticket(summary: string, { done = false, labels = ["driftwarden"] } = {}): SandboxIssue {
  return {
    id: "1",
    key: "IR-1",
    summary,
    description: "",
    labels,
    issueType: "Bug",
    priority: "High",
    reporter: "bot",
    assignee: undefined,
    updatedAtMs: 0,
    history: [],
    status: { id: "1", name: "", category: done ? "done" : "new" },
    resolution: undefined,
    createdAtMs: 0,
    resolvedAtMs: undefined,
    comments: [],
    links: [],
  };
}

describe("the oracle of open tickets", () => {
  it("calls a model broken while one of its episodes is open", () => {
    const events = [closed("e1"), opened("e1", "m1"), opened("e2", "m2"), opened("e3", "m2")];
    const unanswered = { ...closed("e3"), type: "episode_unanswered" };
    expect(brokenModels([...events, closed("e2"), unanswered])).toEqual(["m2"]);
  });

  it.each([
    { what: "nothing", issues: [] },
    { what: "a ticket that is done", issues: [ticket("m1 broke", { done: true })] },
    { what: "a ticket of another model", issues: [ticket("m12 broke")] },
  ])("fails a broken model of which $what tells", ({ issues }) => {
    expect(wrongWhileBroken(["m1"], issues)).toEqual([
      "m1 is broken, and no open ticket tells of it",
    ]);
  });

  it("passes a broken model of which an open ticket tells", () => {
    expect(wrongWhileBroken(["m1"], [ticket("m1 broke")])).toEqual([]);
  });

  it("fails a ticket that is open when nothing that it tells of is broken", () => {
    expect(wrongWhenOver(["m2"], [ticket("m1 broke"), ticket("m2 broke")])).toEqual([
      "IR-1 is open, and nothing of it is broken: m1 broke",
    ]);
  });

  it("fails two tickets that were made for one incident", () => {
    const labels = ["driftwarden", "driftwarden-ticket-1"];
    expect(madeTwice([ticket("a", { labels }), ticket("a", { labels })])).toEqual([
      "two tickets carry driftwarden-ticket-1",
    ]);
  });
});
