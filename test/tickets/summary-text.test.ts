import { describe, expect, it } from "vitest";
import { missedOf, summarise } from "../../src/incidents/digest.ts";
import { renderIssue } from "../../src/tickets/issue-text.ts";
import { renderRepeat } from "../../src/tickets/note-text.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";

const context = { priorities: { P0: undefined, P1: "High", P2: "Low" } };

/** The summary of so many episodes, each of a model of its own. */
function summaryOf(count: number, name = "churn") {
  const lines = Array.from({ length: count }, (_, n) => {
    const episode = episodeOpened({ id: `e${n}`, model: `t/prod/s/${name}-${n}` });
    return missedOf(openIncident({ number: n + 1, episode }), 1_760_003_600_000);
  });
  return lines.reduce<ReturnType<typeof openIncident> | undefined>(
    (before, line) => summarise(before, line, { nowMs: 1_760_003_600_000, nextNumber: 9 }).incident,
    undefined,
  );
}

function rendered(count: number, name?: string) {
  const summary = summaryOf(count, name);
  if (summary === undefined) throw new Error("nothing was summed up");
  return { issue: renderIssue(summary, context), repeat: renderRepeat(summary) };
}

describe("the ticket about episodes that nobody was told of", () => {
  it("counts them in its title and lists each with its incident, from when to when", () => {
    const { issue, repeat } = rendered(3);
    expect(issue.summary).toBe(
      "[P1] 3 episodes of t/prod came and went before a ticket could be opened",
    );
    expect(issue.priority).toBe("High");
    for (const text of [issue.description, repeat]) {
      expect(text).toContain(
        "|#2|P1|churn-1\\: credit_score lost its influence|2025-10-09 08:53 UTC|",
      );
    }
  });

  it("stays within what the tracker takes, and says how many it leaves out", () => {
    const { issue } = rendered(400, "a-model-with-quite-a-long-name-that-is-shortened-in-titles");
    expect(issue.description.length).toBeLessThan(32_767);
    expect(issue.description).toContain("and 350 before them");
  });

  it("lets no name become markup", () => {
    const { issue } = rendered(1, "[~admin] {noformat}");
    expect(issue.description).not.toContain("[~admin]");
    expect(issue.description).not.toContain("{noformat}");
  });
});
