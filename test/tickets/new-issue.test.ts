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

describe("how a ticket was judged", () => {
  it("says how far the order of the features has changed", () => {
    const { episode } = exampleIncident();
    const ranked = { ...episode, ranking: { ndcg: 0.91234, left: 2, top: 5 } };
    const { description } = renderIssue(exampleIncident({}, { episode: ranked }), context);
    const said = "2 of the 5 most important features changed, nDCG 0.912.";
    expect(description).toContain(said);
    expect(renderIssue(exampleIncident(), context).description).not.toContain("nDCG");
  });
});

describe("the title of a ticket", () => {
  it.each<[EpisodeKind, string]>([
    ["shift", "[P1] churn-v7: credit_score lost its influence (31 % → 0.42 %)"],
    ["leak", "[P1] churn-v7: credit_score suddenly dominates (31 % → 0.42 %)"],
    ["silent", "[P1] churn-v7: silent since 09:34 UTC"],
    ["frozen", "[P1] churn-v7: repeats itself since 09:34 UTC"],
    ["feature_missing", "[P1] churn-v7: credit_score is missing (was 31 %)"],
    ["bad_values", "[P1] churn-v7: credit_score has no usable value (was 31 %)"],
    ["second_exporter", "[P1] churn-v7: two exporters write at once"],
    ["new_feature", "[P1] churn-v7: credit_score is new (holds 0.42 %)"],
    ["quarantined", "[P1] churn-v7: Driftwarden could not process a record"],
    ["level_shift", "[P1] churn-v7: credit_score lost its influence (31 % → 0.42 %)"],
  ])("says in words what a %s is", (kind, title) => {
    expect(renderIssue(exampleIncident({ kind }), context).summary).toBe(title);
  });

  it("tells a gain from a loss", () => {
    const features = [exampleFeature({ before: 0.1, after: 0.4 })];
    const { summary } = renderIssue(exampleIncident({ features }), context);
    expect(summary).toBe("[P1] churn-v7: credit_score gained influence (10 % → 40 %)");
  });

  it("says that a sign turned", () => {
    const features = [exampleFeature({ before: 0.3, after: 0.3, turned: [0.3, -0.3] })];
    const { summary } = renderIssue(exampleIncident({ features }), context);
    expect(summary).toBe("[P1] churn-v7: credit_score now pushes the other way (+0.30 → −0.30)");
  });

  it("stays one line under 80 characters and names both when names are endless", () => {
    const features = [exampleFeature({ feature: nasty })];
    const { summary } = renderIssue(exampleIncident({ model: nasty, features }), context);
    expect(lengthOf(summary)).toBeLessThan(80);
    expect(summary).not.toContain("\n");
    expect(summary).toMatch(/^\[P1\] \{code\}.*…\S+: \{code\}.*…\S+ lost its influence/);
  });

  it("shortens a long model name only as far as the feature needs the room", () => {
    const { summary } = renderIssue(exampleIncident({ model: "m".repeat(60) }), context);
    expect(summary).toMatch(/^\[P1\] m+…m+: credit_score lost its influence \(/);
    expect(lengthOf(summary)).toBe(79);
  });
});

describe("the description of a ticket", () => {
  it("begins with what woke somebody and holds what to do, what changed, what was tried and why", () => {
    const incident = exampleIncident(
      {},
      { runs: [exampleRun({ status: "denied", gate: "budget", detail: "3 of 3 runs are used" })] },
    );
    const { description } = renderIssue(incident, context);
    expect(description).toMatch(
      /^\\\[P1\\\] Agent: acme\/prod\/main \\\| Service: churn-v7\nTime: /,
    );
    expect(description).toContain(
      "Time: 2026-11-20T09:34:00Z\nSummary: credit_score fell from 31 %",
    );
    expect(description).toContain("\nDashboard: https://grafana.example/d/1");
    expect(description).toContain("\nRunbook: https://wiki.example/runbook");
    expect(description).toContain("|credit_score|31 %|0.42 %|28 to 34 %|1 → 9|");
    expect(description).toContain("|rolling-z-score|6.31|");
    expect(description).toContain("|half-space-trees|warming up|");
    expect(description).toContain("12.3 sigma from its moving average");
    expect(description).toContain("was refused by budget: 3 of 3 runs are used");
    expect(description).toContain("driftwarden marker churn-v7 retrain");
  });

  it("fills names into links, escaped, and names the shipped runbook where none is configured", () => {
    const { priorities } = context;
    const dashboardUrl = "https://grafana.example/d/1?m={{model}}&f={{ feature }}&from={{from}}";
    const incident = exampleIncident({ model: "a/b c&d" });
    const { description } = renderIssue(incident, { priorities, dashboardUrl });
    const from = Date.parse("2026-11-20T08:34:00Z");
    expect(description).toContain(
      `\nDashboard: https://grafana.example/d/1?m=a%2Fb%20c%26d&f=credit_score&from=${from}\n`,
    );
    expect(description).toContain("\nRunbook: docs/runbooks/shift.md, shipped with Driftwarden");
    const linked = renderIssue(incident, {
      priorities,
      runbookUrl: "https://wiki.example/{{kind}}",
    });
    expect(linked.description).toContain("\nRunbook: https://wiki.example/shift\n");
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
    expect(learnedFrom(9, "9/14")).toContain(
      "Learned from 9/14 attributions, one every 5 min (prov",
    );
    expect(learnedFrom(17, "provisional")).toContain(
      "Learned from 17 attributions, one every 5 min (",
    );
    expect(learnedFrom(99, undefined)).toContain("Learned from 99 attributions, one every 5 min.");
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
    expect(text).toContain("[P1] churn-v7: credit_score lost its influence (31 % → 0.42 %)\n──");
    expect(text).toMatch(/\n {2}credit_score {2}31 % {3}0\.42 % {2}28 to 34 % {2}1 → 9/);
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
    expect(description).toMatch(/^\\\[P1\\\] Agent: production \\\| Service: checkout\n/);
    expect(description).toContain(
      "\nSummary: checkout was killed at 20\\:47\\:00 UTC with 512 of 512 MB used.\n",
    );
    expect(description).toContain("Runbook: https://wiki/runbook");
    expect(description).not.toMatch(/Detector|marker|Learned/);
  });
});
