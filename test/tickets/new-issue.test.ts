import { describe, expect, it } from "vitest";
import type { EpisodeKind } from "../../src/detection/event.ts";
import type { Digest } from "../../src/incidents/digest.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { lengthOf } from "../../src/messages/text.ts";
import { renderWiki } from "../../src/tickets/jira/wiki.ts";
import { newIssue, type TicketContext } from "../../src/tickets/new-issue.ts";
import { plainTicket } from "../../src/tickets/plain-ticket.ts";
import { openIncident, serviceEpisode } from "../fakes/episodes.ts";
import { exampleFeature, exampleIncident, exampleRun } from "./example-incident.ts";

const context: TicketContext = {
  priorities: { P0: "Highest", P1: "High", P2: undefined },
  runbookUrl: "https://wiki.example/runbook",
  dashboardUrl: "https://grafana.example/d/1",
};

const nasty = `{code}|h1. *[~admin]!x.png!\n"';DROP 😀\u202e${"_long_".repeat(700)}`;

/** The ticket with its description as Jira gets it. */
function renderIssue(incident: Incident | Digest, given: TicketContext) {
  const issue = newIssue(incident, given);
  return { ...issue, description: renderWiki(issue.description) };
}

/** The description of a ticket about a model that has learned so much. */
function learnedFrom(learned: number, warmUp: string | undefined): string {
  const incident = exampleIncident();
  const episode = { ...incident.episode, learned, warmUp };
  return renderIssue({ ...incident, episode }, context).description;
}

describe("the facts of a ticket", () => {
  it("say how far the order of the features has changed", () => {
    const { episode } = exampleIncident();
    const ranked = { ...episode, ranking: { ndcg: 0.91234, left: 2, top: 5 } };
    const { description } = renderIssue(exampleIncident({}, { episode: ranked }), context);
    expect(description).toContain(
      "||Order|2 of the 5 most important features changed, nDCG 0.912|",
    );
    expect(renderIssue(exampleIncident(), context).description).not.toContain("||Order|");
  });
});

describe("the title of a ticket", () => {
  it.each<[EpisodeKind, string]>([
    ["shift", "[P1] churn-v7: credit_score lost its influence"],
    ["leak", "[P1] churn-v7: credit_score suddenly dominates"],
    ["silent", "[P1] churn-v7: the model has gone silent"],
    ["frozen", "[P1] churn-v7: importances are frozen"],
    ["feature_missing", "[P1] churn-v7: credit_score is missing"],
    ["bad_values", "[P1] churn-v7: credit_score has bad values"],
    ["second_exporter", "[P1] churn-v7: a second exporter is writing"],
    ["new_feature", "[P1] churn-v7: credit_score is a new feature"],
    ["level_shift", "[P1] churn-v7: credit_score moved to a new level"],
  ])("says in words what a %s is", (kind, title) => {
    expect(renderIssue(exampleIncident({ kind }), context).summary).toBe(title);
  });

  it("tells a gain from a loss", () => {
    const features = [exampleFeature({ before: 0.1, after: 0.4 })];
    const { summary } = renderIssue(exampleIncident({ features }), context);
    expect(summary).toBe("[P1] churn-v7: credit_score gained influence");
  });

  it("stays one line under 80 characters and names both when names are endless", () => {
    const features = [exampleFeature({ feature: nasty })];
    const { summary } = renderIssue(exampleIncident({ model: nasty, features }), context);
    expect(lengthOf(summary)).toBeLessThan(80);
    expect(summary).not.toContain("\n");
    expect(summary).toMatch(/^\[P1\] \{code\}.*…\S+: \{code\}.*…\S+ lost its influence$/);
  });

  it("shortens a long model name only as far as the feature needs the room", () => {
    const { summary } = renderIssue(exampleIncident({ model: "m".repeat(60) }), context);
    expect(lengthOf(summary)).toBe(79);
    expect(summary).toContain(": credit_score lost its influence");
  });
});

describe("the description of a ticket", () => {
  it("begins with the impact and holds what changed, why, what was tried and the next command", () => {
    const incident = exampleIncident(
      {},
      { runs: [exampleRun({ status: "denied", gate: "budget", detail: "3 of 3 runs are used" })] },
    );
    const { description } = renderIssue(incident, context);
    expect(description).toMatch(/^\*churn-v7\* no longer decides as it did/);
    expect(description).toContain("||First observed|2026-11-20 09:34 UTC|");
    expect(description).toContain("|credit_score|31.2 %|0.42 %|1 → 9|28 % to 34 %|6.31|82 %|");
    expect(description).toContain("|rolling-z-score|6.31|");
    expect(description).toContain("|half-space-trees|warming up|");
    expect(description).toContain("12.3 sigma from its moving average");
    expect(description).toContain("was refused by budget: 3 of 3 runs are used");
    expect(description).toContain("[Runbook|https://wiki.example/runbook]");
    expect(description).toContain("driftwarden marker churn-v7 retrain");
  });

  it("quotes a model name that a shell would take apart", () => {
    const { description } = renderIssue(exampleIncident({ model: "it's; rm" }), context);
    expect(description).toContain(`driftwarden marker 'it'\\''s; rm' retrain`);
  });

  it("stays within Jira's limits and keeps markup out, whatever the names are", () => {
    const features = Array.from({ length: 10_000 }, () => exampleFeature({ feature: nasty }));
    const { summary, description } = renderIssue(
      exampleIncident({ model: nasty, features }),
      context,
    );
    expect(summary.length).toBeLessThan(255);
    expect(description.length).toBeLessThan(32_767);
    expect(description).not.toContain("\u202e");
    expect(description).not.toMatch(/(?<!\\)\{code\}|(?<!\\)\[~|(?<!\\)!x/);
    expect(description).toContain("and 9990 more");
    expect(description).toContain("driftwarden marker MODEL retrain");
  });

  it("says of a slow model how far it is learned", () => {
    expect(learnedFrom(9, "9/14")).toContain("||Learned from|9/14 attributions (provisional:");
    expect(learnedFrom(17, "provisional")).toContain(
      "||Learned from|17 attributions (provisional:",
    );
    expect(learnedFrom(99, undefined)).toContain("||Learned from|99 attributions, cadence 5m|");
  });

  it("needs no features", () => {
    const { description } = renderIssue(exampleIncident({ kind: "silent", features: [] }), context);
    expect(description).not.toContain("What changed");
  });
});

describe("labels and priority of a ticket", () => {
  it("are ours, the fingerprint and the severity; the priority comes from config", () => {
    const issue = renderIssue(exampleIncident(), context);
    expect(issue.labels).toEqual(["driftwarden", "driftwarden-0123456789abcdef0123", "P1"]);
    expect(issue.priority).toBe("High");
    expect(renderIssue(exampleIncident({}, { severity: "P2" }), context).priority).toBeUndefined();
  });
});

describe("a ticket in a terminal", () => {
  it("shows tables in columns and no markup", () => {
    const text = plainTicket(newIssue(exampleIncident(), context));
    expect(text).toContain("[P1] churn-v7: credit_score lost its influence\n──");
    expect(text).toMatch(/\n {2}credit_score {2}31\.2 % {2}0\.42 % {2}1 → 9/);
    expect(text).toContain("    driftwarden marker churn-v7 retrain");
    expect(text).toContain("Runbook: https://wiki.example/runbook");
    expect(text).not.toMatch(/\|\||\{color|\{noformat|\*/);
  });
});

describe("the ticket of a service", () => {
  it("says what was seen, since when and where, and leaves out what only models have", () => {
    const episode = serviceEpisode();
    const incident = openIncident({ subject: episode.service, episode, kinds: ["oom"] });
    const { summary, description } = renderIssue(incident, {
      runbookUrl: "https://wiki/runbook",
      priorities: { P0: undefined, P1: "High", P2: undefined },
    });
    expect(summary).toBe("[P1] checkout: was killed for its memory");
    expect(description).toMatch(
      /^checkout was killed at 20\\:47\\:00 UTC with 512 of 512 MB used\./,
    );
    expect(description).toContain("||Scope|environment production, tenant default|");
    expect(description).toContain("[Runbook|https://wiki/runbook]");
    expect(description).not.toMatch(/Detector|marker|Learned/);
  });
});
