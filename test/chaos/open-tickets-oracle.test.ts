import { describe, expect, it } from "vitest";
import type { SandboxHistory, SandboxIssue } from "../../src/sandbox/jira/issue.ts";
import type { DecisionEvent } from "./decisions-oracle.ts";
import {
  brokenModels,
  madeTwice,
  takenForEdited,
  wrongWhenOver,
  wrongWhileBroken,
} from "./open-tickets-oracle.ts";

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
    attachments: [],
    links: [],
    custom: {},
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

  it("fails a ticket that is taken for edited, unless a person edited its description", () => {
    const changed = [null, "text"] as const;
    const edit = (author: string, field: "summary" | "description") => ({
      id: "1",
      author,
      atMs: 0,
      automated: false,
      items: [{ field, from: changed, to: changed }],
    });
    const comment = {
      id: "1",
      author: "bot",
      body: "This comment is kept up to date, because the description was edited by a person.",
      updateAuthor: "bot",
      createdAtMs: 0,
      updatedAtMs: 0,
      internal: false,
    };
    const told = (...history: SandboxHistory[]) =>
      takenForEdited([{ ...ticket("m1 broke"), comments: [comment], history }]);
    expect(told(edit("ann", "description"))).toEqual([]);
    const wrong = ["IR-1 says that a person edited its description, and nobody did"];
    expect(told(edit("bot", "description"), edit("ann", "summary"))).toEqual(wrong);
  });

  it("fails two tickets that were made for one incident", () => {
    const labels = ["driftwarden", "driftwarden-ticket-1"];
    expect(madeTwice([ticket("a", { labels }), ticket("a", { labels })])).toEqual([
      "two tickets carry driftwarden-ticket-1",
    ]);
  });
});
