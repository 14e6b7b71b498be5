import { describe, expect, it } from "vitest";
import type { Note } from "../../src/incidents/effect.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { silencedName, silenceOf } from "../../src/incidents/silence.ts";
import { renderNote as noteOf, renderAgain } from "../../src/messages/note-text.ts";
import { renderNow } from "../../src/messages/now-text.ts";
import { renderWiki } from "../../src/tickets/jira/wiki.ts";
import { exampleIncident, exampleRun } from "../tickets/example-incident.ts";

const incident = exampleIncident();

const literalEnd = (text: string): RegExp =>
  new RegExp(`${text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`);

/** As Jira gets them. */
const renderNote = (note: Note): string => renderWiki([noteOf(note)]);

describe("a comment", () => {
  it("says which gate refused a run and why", () => {
    const run = exampleRun({
      status: "denied",
      gate: "budget",
      detail: "3 of 3 runs in 24h are used.",
    });
    expect(renderNote({ about: "run", run })).toBe(
      "2026-11-20 09:34 UTC: *restart-svc* (restart-container on my-service) was refused by budget: 3 of 3 runs in 24h are used. It will not be tried again for this.",
    );
  });

  it("FR-T3: says when a refusal for now is tried again", () => {
    const run = exampleRun({
      status: "denied",
      gate: "cooldown",
      retryAtMs: Date.parse("2026-11-20T10:05:00Z"),
      detail: "It rests.",
    });
    expect(renderNote({ about: "run", run })).toMatch(
      /was refused by cooldown: It rests\. It is tried again at 2026-11-20 10:05 UTC, if this still goes on\.$/,
    );
  });

  it("says what the end of a silence leaves, and what was held back meanwhile", () => {
    const atMs = incident.openedAtMs;
    const given = { command: "c#0", by: "sarah", atMs, untilMs: atMs + 60_000 };
    const silence = silenceOf(incident, given);
    const held = { status: "denied", gate: "frozen", atMs: atMs + 1 } as const;
    const bySilence = exampleRun({ ...held, retryAtMs: given.untilMs });
    const byFreeze = exampleRun({ ...held, id: "r2", retryAtMs: given.untilMs + 1 });
    const runs = [bySilence, byFreeze];
    const after = { ...incident, occurrences: incident.occurrences + 2, runs };
    const note = { about: "silence_over", silence } as const;
    expect(renderWiki([noteOf(note, after)])).toBe(
      `The silence by sarah is over, and ${silencedName(silence)} is not back to normal. Meanwhile it broke 2 times more; fixes: 1 held back, asked for again now.`,
    );
    expect(renderWiki([noteOf(note, incident)])).toContain(
      "Meanwhile nothing new broke; no fix was held back.",
    );
  });

  it.each([
    ["recovered", "helped"],
    ["not_recovered", "did not help"],
    ["inconclusive", "cannot be told"],
  ] as const)("says honestly that the outcome is %s", (outcome, words) => {
    const note = renderNote({
      about: "verified",
      run: exampleRun({ outcome }),
      detail: "3 attributions seen",
    });
    expect(note).toContain(words);
    expect(note).toContain("3 attributions seen");
  });

  it("says of a fix that did not help twice what was tried, that it ends, and who has to look (A34)", () => {
    const run = exampleRun({ outcome: "not_recovered", opensBreaker: true });
    const atMs = Date.parse("2026-11-20T08:00:00Z");
    const before = { run: "r0", atMs, outcome: "not_recovered", target: "my-service" } as const;
    const note = { about: "escalated", run, detail: "still anomalous", before } as const;
    expect(renderWiki([noteOf(note, incident)])).toBe(
      [
        "*restart-svc* (restart-container on my-service) did not help: still anomalous",
        "The run before, at 2026-11-20 08:00 UTC on my-service, did not help either. restart-svc is not tried again by itself: it asks a person before each run, until one helps.",
        "A person has to look for another cause now. Who does: nobody yet; to take it, say dw ack. To try it all the same, with the facts first: *dw restart restart-svc*.",
      ].join("\n"),
    );
    const lastAtMs = incident.openedAtMs;
    const people = {
      words: [],
      questions: [],
      lastAtMs,
      ack: { by: "sarah", atMs: lastAtMs, command: "c" },
    };
    expect(renderWiki([noteOf(note, { ...incident, people })])).toContain("Who does: sarah since");
    expect(renderNote({ ...note, before: { ...before, target: null } })).toContain(
      "08:00 UTC, did not help either",
    );
  });

  it.each([
    ["recovered", "back to normal"],
    ["accepted", "accepted as the new normal"],
    ["marker", "was announced"],
  ] as const)("says why the episode is over: %s", (cause, words) => {
    const note = renderNote({ about: "closed", cause, atMs: incident.lastSeenAtMs });
    expect(note).toMatch(/^2026-11-20 09:35 UTC: /);
    expect(note).toContain(words);
  });

  it("says when it is over how long it took, what helped, and asks one question", () => {
    const endMs = incident.openedAtMs + 7_440_000;
    const runs = [
      exampleRun({ fix: "restart-svc", outcome: "recovered" }),
      exampleRun({ fix: "restart-db", outcome: "not_recovered" }),
    ];
    const said = (change: Partial<Incident>): string =>
      renderWiki([
        noteOf({ about: "closed", cause: "recovered", atMs: endMs }, { ...incident, ...change }),
      ]);
    const question = " Was it real? One word: *dw real*, *dw false-positive* or *dw expected*.";
    expect(said({})).toMatch(literalEnd(`It took 2 h 4 min.${question}`));
    expect(said({ runs })).toMatch(literalEnd(`It took 2 h 4 min; restart-svc helped.${question}`));
    expect(said({ runs: runs.slice(1) })).toMatch(
      literalEnd(`It took 2 h 4 min; restart-db did not help.${question}`),
    );
    const fixed = { command: "1#0", about: "fixed", by: "tom", atMs: endMs, text: "retrained" };
    expect(said({ runs: runs.slice(1), told: [fixed] })).toContain(
      "restart-db did not help; tom says what repaired it: retrained. Was it real?",
    );
    const verdict = { verdict: "real", by: "tom", atMs: endMs } as const;
    const people = { words: [], questions: [], lastAtMs: endMs, verdict };
    expect(said({ people })).toMatch(literalEnd("It took 2 h 4 min."));
  });

  it("asks whether what has lasted is right, and says how to answer", () => {
    const { episode } = exampleIncident();
    const note = renderNote({ about: "unanswered", episode, forMs: 2 * 86_400_000 });
    expect(note).toMatch(
      /^Unchanged for 2d, and nobody has said whether it is right\. The ticket stays open and nothing is learned from it\. /,
    );
    expect(note).toContain("If this is how churn-v7 should be: *dw expected*, or");
    expect(note).toContain("driftwarden marker churn-v7 retrain");
  });

  it("shows a further episode in full", () => {
    const { episode } = exampleIncident({ kind: "leak" });
    const note = renderWiki([renderAgain(episode, "Again")]);
    expect(note).toContain("credit_score fell from 31 % to 0.42 % of what churn-v7 looks at");
    expect(note).toContain("|credit_score|31 %|");
  });

  it("keeps markup of a script's output out", () => {
    const run = exampleRun({ status: "failed", detail: "{code}\n[~admin]" });
    expect(renderNote({ about: "run", run })).toContain("\\{code\\} \\[\\~admin\\]");
  });

  it("counts repeats", () => {
    expect(renderWiki([renderNow({ ...incident, occurrences: 3 })])).toMatch(
      /Seen[^\n]*3 times since 2026-11-20 09:34 UTC, last at 2026-11-20 09:35 UTC/,
    );
  });
});
