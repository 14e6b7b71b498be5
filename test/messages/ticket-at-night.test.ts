import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandList } from "../../src/commands/index.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { incidentText } from "../../src/messages/incident-text.ts";
import { plainText } from "../../src/messages/plain-text.ts";
import { lengthOf } from "../../src/messages/text.ts";
import { newIssue } from "../../src/tickets/new-issue.ts";
import { plainTicket } from "../../src/tickets/plain-ticket.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { exampleRun } from "../tickets/example-incident.ts";
import { hostileNames } from "../tickets/examples.ts";
import { goldenIncident, goldenKinds, goldenStages, help, sharedIncident } from "./golden.ts";
import quiz from "./quiz.json" with { type: "json" };

const priorities = { P0: "Highest", P1: "High", P2: "Medium" };

const ticket = (incident: Incident) => newIssue(incident, { priorities, ...help });

/** Title, opening block and facts: what is read before anybody scrolls. */
function beforeTheFold(incident: Incident): string {
  const text = plainTicket(ticket(incident));
  return text.slice(0, text.indexOf("▸"));
}

const summaryLine = (text: string): string =>
  (/\nSummary: ([\s\S]*?)\nImpact: /.exec(text)?.[1] ?? "").replaceAll("\n", " ");

const wordsIn = (text: string): number => text.split(/\s+/).filter((word) => word !== "").length;

/** A name that says nothing by itself, with every mark and as many words as fit. */
const wordy = "a b c d e f g h i j k l m n o p q r s t u v w x y z ".repeat(9);
const names = [...hostileNames, wordy, "x".repeat(300)];

const jargon =
  /\b(scores?|episodes?|ndcg|fingerprints?|attributions?|witness|sigma|boundary|rolling-z-score|half-space-trees|seasonal-chart|range-watch)\b/i;

/** How sure a ticket is of a finding so far beyond the alarm line. */
const sure = (score: number): string | undefined => {
  const incident = goldenIncident("shift");
  const text = beforeTheFold({ ...incident, episode: { ...incident.episode, score } });
  return /Sure +(.*)/.exec(text)?.[1];
};

/** What a ticket says where these fixes are called for. */
const machine = (fixes: ReturnType<NonNullable<typeof help.fixesFor>>): string => {
  const { message } = incidentText(goldenIncident("shift"), { ...help, fixesFor: () => fixes });
  return JSON.stringify(message);
};

function staged(stage: string): Incident {
  const made = goldenStages[stage];
  if (made === undefined) throw new Error(`there is no golden ticket ${stage}`);
  return made();
}

const quizzed = (name: string): Incident => {
  const kind = goldenKinds.find((one) => one === name);
  if (kind !== undefined) return goldenIncident(kind);
  return name === "forty-silent" ? sharedIncident("silent") : staged(name);
};

/** What a ticket says that can be said on it. */
const said = (incident: Incident): string =>
  plainTicket(ticket(incident)).split("▸ What to say here")[1] ?? "";

/** In which row of the facts the answer stands. */
const rowOf = { since_when: "Since", how_sure: "Sure", what_first: "Do first", who_has_it: "Who" };

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

describe("a ticket at night (FR-T2, FR-T4)", () => {
  it.each(goldenKinds)("of a %s reads as it was agreed", async (kind) => {
    const text = plainTicket(ticket(goldenIncident(kind)));
    await expect(`${text}\n`).toMatchFileSnapshot(
      join(import.meta.dirname, "golden", `${kind}.txt`),
    );
  });

  it.each(goldenKinds)("of a %s says what, how bad and since when in at most 40 words", (kind) => {
    for (const name of ["churn-v7", ...names]) {
      const incident = goldenIncident(kind, { model: name, feature: name });
      const { summary } = ticket(incident);
      const told = `${summary} ${summaryLine(beforeTheFold(incident))}`;
      expect(wordsIn(told)).toBeLessThanOrEqual(40);
    }
  });

  it.each(goldenKinds)("of a %s has no word of our trade before the fold", (kind) => {
    expect(beforeTheFold(goldenIncident(kind))).not.toMatch(jargon);
  });

  it.each(goldenKinds)("of a %s names only commands that are understood on it", (kind) => {
    const named = [...plainTicket(ticket(goldenIncident(kind))).matchAll(/\bdw ([a-z-]+)/g)];
    expect(named.map(([, word]) => word)).toContain("ack");
    const known = commandList.flatMap(({ words }) => words);
    expect(known).toEqual(expect.arrayContaining(named.map(([, word]) => word)));
  });

  it.each(goldenKinds)(
    "of a %s has a title under 80 characters, whatever the names are",
    (kind) => {
      for (const model of names) {
        for (const feature of names) {
          const { summary } = ticket(goldenIncident(kind, { model, feature }));
          expect(lengthOf(summary)).toBeLessThan(80);
          expect(summary).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        }
      }
    },
  );

  it.each(["silent", "shift"] as const)(
    "of forty models reads as it was agreed: %s",
    async (kind) => {
      const text = plainTicket(ticket(sharedIncident(kind)));
      const file = join(import.meta.dirname, "golden", `forty-${kind}.txt`);
      await expect(`${text}\n`).toMatchFileSnapshot(file);
      expect(beforeTheFold(sharedIncident(kind))).not.toMatch(jargon);
    },
  );

  it.each(Object.keys(goldenStages))("that is %s reads as it was agreed", async (stage) => {
    const text = plainTicket(ticket(staged(stage)));
    const file = join(import.meta.dirname, "golden", `${stage}.txt`);
    await expect(`${text}\n`).toMatchFileSnapshot(file);
    expect(beforeTheFold(staged(stage))).not.toMatch(jargon);
  });

  it.each(quiz.tickets)(
    "answers six questions where they are asked for: $ticket",
    ({ ticket: name, key }) => {
      const text = beforeTheFold(quizzed(name)).replaceAll(/\s+/g, " ");
      const [top = "", block = ""] = text.split(" Impact: ");
      for (const answer of [...key.what, key.how_bad]) expect(top).toContain(answer);
      for (const part of ["since_when", "how_sure", "what_first", "who_has_it"] as const) {
        expect(block).toMatch(new RegExp(`${rowOf[part]} +[^|]*${literally(key[part])}`));
      }
    },
  );

  it("C27: begins with the six lines of an alert, links or none", () => {
    for (const links of [help, {}]) {
      const { message } = incidentText(goldenIncident("shift"), links);
      const lines = plainText(message).split("\n").slice(0, 6);
      expect(lines.map((one) => one.replace(/ .*/, ""))).toEqual([
        "[P1]",
        "Time:",
        "Summary:",
        "Impact:",
        "Dashboard:",
        "Runbook:",
      ]);
      expect(lines[0]).toMatch(/^\[P[012]\] Agent: \S+ \| Service: \S+$/);
      expect(lines[1]).toMatch(/^Time: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    }
  });

  it("B35: gives each command with half a sentence why, those that fit now", () => {
    const shift = goldenIncident("shift");
    expect(said(shift)).toContain("• You look at it, so that nobody else has to: dw ack");
    expect(said(shift)).toContain(
      "• It was planned, so that it becomes the new normal: dw expected",
    );
    expect(said(goldenIncident("silent"))).not.toContain("dw expected");
    expect(said(staged("refused"))).not.toContain("dw ack");
    expect(said(staged("over"))).toContain("dw real, dw false-positive or dw expected");
    expect(said(staged("over"))).not.toContain("dw silence");
  });

  it("never has a line that is read as a command", () => {
    for (const incident of [
      ...goldenKinds.map((kind) => goldenIncident(kind)),
      ...Object.keys(goldenStages).map(staged),
    ])
      expect(plainTicket(ticket(incident))).not.toMatch(/^[\s•]*dw /m);
  });

  it("of forty models is short too, whatever the names are", () => {
    for (const name of ["credit_score", ...names]) {
      const incident = sharedIncident("shift", { model: name, feature: name });
      const { summary } = ticket(incident);
      expect(lengthOf(summary)).toBeLessThan(80);
      expect(wordsIn(`${summary} ${summaryLine(beforeTheFold(incident))}`)).toBeLessThanOrEqual(40);
    }
  });

  it("names model and feature in the first 45 characters, which a phone shows", () => {
    for (const length of [3, 8, 20, 40, 80]) {
      const model = `m${"o".repeat(length)}`;
      const feature = `f${"e".repeat(length)}`;
      const { summary } = ticket(goldenIncident("shift", { model, feature }));
      expect(summary.slice(0, 45)).toMatch(/^\[P1\] mo+(…o+)?: fe+(…e+)? ?/);
      expect(Array.from(summary).slice(0, 45).join("")).toContain(": fe");
    }
  });

  it("gives one number of a feature in title, summary and table", () => {
    const text = plainTicket(ticket(goldenIncident("shift")));
    expect(text.match(/31 %/g)).toHaveLength(3);
    expect(text.match(/4\.9 %/g)).toHaveLength(3);
    expect(text.match(/23 to 39 %/g)).toHaveLength(2);
  });

  it("says that a young model is not known well", () => {
    const incident = goldenIncident("shift");
    const { episode } = incident;
    const young = { ...incident, episode: { ...episode, learned: 75 } };
    expect(beforeTheFold(young)).toContain("provisional, since it is known for 12 h 30 min only");
    const slow = { ...incident, episode: { ...episode, warmUp: "9/14" } };
    expect(beforeTheFold(slow)).toContain("provisional, since only 9/14 of its reports are known");
  });

  it("is as sure in words as the distance from the alarm line allows", () => {
    expect(sure(4.9)).toBe("very: 2 of the last 3 readings, at 4.9 times the alarm line");
    expect(sure(1.6)).toBe("fairly: 2 of the last 3 readings, at 1.6 times the alarm line");
    expect(sure(1.04)).toBe("not very: 2 of the last 3 readings, at 1.0 times the alarm line");
  });

  it("tells what was stored before the time of its start was", () => {
    const incident = goldenIncident("shift");
    const older = { ...incident, episode: episodeOpened() };
    expect(beforeTheFold(older)).toContain("first seen 08:53 UTC");
  });

  it("says what the machine does about it", () => {
    expect(machine([])).toContain("nothing to restart is configured for this");
    expect(machine([{ name: "a", mode: "off" }])).toContain("nothing to restart is configured");
    expect(machine([{ name: "a", mode: "auto" }])).toContain("may run");
    expect(machine([{ name: "a", mode: "observe" }])).toContain(
      "only watches; in mode auto it would run",
    );
  });

  it.each([
    ["unknown", "restart-svc may or may not have run at 2026-11-20 09:34 UTC"],
    ["failed", "restart-svc failed at 2026-11-20 09:34 UTC"],
    ["denied", "did nothing about it"],
  ] as const)("that is over says what became of a run that is %s", (...[status, machineDid]) => {
    const runs = [exampleRun({ status })];
    expect(beforeTheFold({ ...staged("over"), runs })).toContain(`Machine   ${machineDid}\n`);
  });

  it.each([
    ["recovered", "back to normal"],
    ["accepted", "accepted as the new normal"],
    ["marker", "announced as the new normal"],
    ["retired", "not watched any more"],
  ] as const)(
    "that is over because it was %s gives that as the reason to do nothing",
    (...[endedBy, how]) => {
      const text = beforeTheFold({ ...staged("over"), endedBy });
      expect(text).toContain(`Now       ${how} since`);
      expect(text).toContain(`Do first  nothing: it is ${how}\n`);
    },
  );

  it.each([
    ["refused", "No word changes that."],
    ["tier", "No word changes that."],
    ["cooldown", "dw restart restart-svc asks again."],
  ])("says after a wish that the gate %s denied whether asking again can help", (gate, next) => {
    const wish = { by: "sarah", command: "1#0" };
    const run = exampleRun({ status: "denied", gate, wish, detail: "No." });
    const text = plainTicket(ticket({ ...staged("over"), runs: [run] })).replaceAll(/\s+/g, " ");
    expect(text).toContain(`by ${gate}: No. ${next}`);
  });
});
