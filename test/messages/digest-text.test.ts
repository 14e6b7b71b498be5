import { describe, expect, it } from "vitest";
import { addToDigest, type Digest, entryOf } from "../../src/incidents/digest.ts";
import { renderNow } from "../../src/messages/now-text.ts";
import { renderWiki } from "../../src/tickets/jira/wiki.ts";
import { newIssue } from "../../src/tickets/new-issue.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";

const context = { priorities: { P0: undefined, P1: "High", P2: "Low" } };

/** The digest of so many episodes, each of a model of its own. */
function digestOf(count: number, name = "churn"): Digest | undefined {
  const entries = Array.from({ length: count }, (_, n) => {
    const episode = episodeOpened({ id: `e${n}`, model: `t/prod/s/${name}-${n}` });
    return entryOf(openIncident({ number: n + 1, episode }), 1_760_003_600_000);
  });
  const moment = { nowMs: 1_760_003_600_000, nextNumber: 9, settings: { resolveAfterMs: 1 } };
  return entries.reduce<Digest | undefined>(
    (before, entry) => addToDigest(before, entry, moment).digest,
    undefined,
  );
}

function rendered(count: number, name?: string) {
  const digest = digestOf(count, name);
  if (digest === undefined) throw new Error("the digest is empty");
  const issue = newIssue(digest, context);
  const description = renderWiki(issue.description);
  return { issue: { ...issue, description }, now: renderWiki([renderNow(digest)]) };
}

describe("the ticket about episodes that nobody was told of", () => {
  it("counts them in its title and lists each with its incident, from when to when", () => {
    const { issue, now } = rendered(3);
    expect(issue.summary).toBe(
      "[P1] 3 episodes of t/prod came and went before a ticket could be opened",
    );
    expect(issue.priority).toBe("High");
    for (const text of [issue.description, now]) {
      expect(text).toContain(
        "|#2|P1|churn-1\\: credit_score lost its influence \\(31 % → 5 %\\)|2025-10-09 08:53 UTC|",
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
