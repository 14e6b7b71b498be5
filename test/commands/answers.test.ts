/** What each command answers, word for word, and who is refused it. */
import { describe, expect, it } from "vitest";
import { openIncident } from "../fakes/episodes.ts";
import { answer, asks, contextOf, known, now, ticket } from "./asking.ts";

const open = openIncident({ ticket, openedAtMs: now - 14 * 60_000 });
const acknowledged = openIncident({
  ...open,
  people: {
    ack: { by: "sarah", atMs: now, command: "ticket:1#0" },
    words: [],
    questions: [],
    lastAtMs: now,
  },
});

describe("ack (A23)", () => {
  it("says who has it, since when, and when that lapses", () => {
    expect(answer("dw ack")).toBe(
      "sarah has this since 09:01 UTC. Fixes go on as configured. It lapses when nothing happens for\n4h; give it back with dw unack.",
    );
    expect(asks("dw ack")).toMatchObject({ status: "done", deed: { kind: "acknowledge" } });
  });

  it("is refused without an incident, and says where to say it", () => {
    expect(answer("ack", { incident: undefined })).toBe(
      "Not done: it is said of an incident. Say it on its ticket, or with its number on the command\nline.",
    );
  });
});

describe("unack", () => {
  it("gives it back", () => {
    expect(answer("dw unack", { incident: acknowledged })).toBe(
      "sarah has this no longer. Whoever takes it says dw ack.",
    );
  });

  it("is refused where nobody has it", () => {
    expect(answer("dw unack")).toBe("Not done: nobody has this, so nobody can give it back.");
  });
});

describe("note", () => {
  it("goes to the timeline", () => {
    expect(answer("dw note it is the exporter")).toBe(
      "Noted, sarah. It stands in the timeline of the ticket.",
    );
    expect(answer("dw note")).toBe(
      "Not done: the text is missing. It is said as dw note TEXT. Nothing was changed.",
    );
  });
});

describe("status", () => {
  it("says how bad, for how long, and who has it", () => {
    expect(answer("dw status", { incident: acknowledged })).toBe(
      "P1, open for 14 min, sarah has it\n  Found  credit_score fell from 31 % to 5 % of what churn-v7 looks at (normal 26 to 36 %)",
    );
  });

  it("without an incident lists what is open", () => {
    expect(answer("status", { incident: undefined, open: [open] })).toBe(
      "1 open:\n• P1 incident 7, IR-12: churn-v7, for 14 min, nobody has it",
    );
    expect(answer("status", { incident: undefined })).toBe("No incident is open.");
  });
});

describe("what a person says of the incident", () => {
  it.each([
    [
      "dw impact checkout refuses one customer in ten",
      "impact",
      "Noted, sarah. The ticket says it as the impact.",
    ],
    ["dw workaround use v6", "workaround", "Noted, sarah. The ticket shows it at the top."],
    [
      "dw cause exporter: it sent yesterday's file",
      "cause",
      "Noted, sarah: that is the cause from now on. The ticket says so.",
    ],
    [
      "dw fixed the exporter was started again",
      "fixed",
      "Noted, sarah. Whether it is back to normal is judged by its own data; the ticket stays open\nuntil then.",
    ],
  ])("%s is remembered (C35, C37, C59)", (said, about, wanted) => {
    expect(asks(said)).toMatchObject({ deed: { kind: "say", about } });
    expect(answer(said)).toBe(wanted);
    expect(answer(`dw ${about}`)).toMatch(/^Not done: the .* missing\. It is said as dw /);
  });

  it("started: sets when it really began, in the person's time zone (C55)", () => {
    expect(answer("dw started 01:40")).toBe("Noted, sarah: it began at 2025-10-09 01:40 UTC.");
    const tom = known.actor("ticket", "5b10-tom");
    expect(answer("dw started 01:40", { actor: tom })).toBe(
      "Noted, tom: it began at 2025-10-08 23:40 UTC.",
    );
    expect(asks("dw started 2025-10-08 22:00Z")).toMatchObject({
      deed: { kind: "started", atMs: Date.UTC(2025, 9, 8, 22) },
    });
    expect(answer("dw started 2025-10-10 01:40")).toContain("no time that has passed");
    expect(answer("dw started soon")).toContain("a time is expected");
  });

  it.each([
    ["dw real", "real", "Noted, sarah: it was real."],
    ["dw false-positive", "false_positive", "Noted, sarah: nothing was wrong."],
    ["dw wont-do", "wont_do", "Noted, sarah: nobody will do anything about it."],
  ])("%s is a verdict, and nothing is learned from it", (said, verdict, wanted) => {
    expect(asks(said)).toMatchObject({ deed: { kind: "judge", verdict } });
    expect(answer(said).replaceAll("\n", " ")).toBe(
      `${wanted} Nothing is learned from it, and nothing else changes.`,
    );
  });
});

describe("severity (C47)", () => {
  it("is a person's word, up or down, with its reason", () => {
    expect(answer("dw severity p2 only the shadow model")).toBe(
      "P2 now, it was P1, says sarah. It rises by itself only when another kind or more models break.",
    );
    expect(answer("dw severity P0 checkout is down")).toBe("P0 now, it was P1, says sarah.");
  });

  it("is refused without a reason, for no severity, and where it is so already", () => {
    expect(answer("dw severity P2")).toBe(
      "Not done: the reason is missing. P0, P1 or P2 is expected, then the reason. Nothing was changed.",
    );
    expect(answer("dw severity high it hurts")).toContain("P0, P1 or P2 is expected");
    expect(answer("dw severity P1 it hurts")).toContain("it is P1 already");
  });
});

describe("close (B66, C11)", () => {
  const recovered = openIncident({ ...open, state: "recovered" });

  it("asks first while something is broken", () => {
    expect(answer("dw close")).toBe(
      "Close IR-12 although churn-v7 is not back to normal? It stays closed for 4h, then it is opened\nagain.",
    );
    expect(asks("dw incident close").status).toBe("asks");
  });

  it("once confirmed says when it is opened again", () => {
    expect(answer("dw close", { confirmed: true })).toBe(
      "sarah closed IR-12. If churn-v7 is not back to normal in 4h, or something new breaks, it is\nopened again; dw reopen does so at once.",
    );
  });

  it("does not ask when nothing is broken any more", () => {
    expect(answer("dw close", { incident: recovered })).toBe(
      "sarah closed IR-12. What breaks again opens it again.",
    );
  });

  it("is refused without a ticket, and when it is over", () => {
    expect(answer("dw close", { incident: openIncident() })).toContain("it has no ticket yet");
    const over = openIncident({ ...open, state: "resolved" });
    expect(answer("dw close", { incident: over })).toContain("it is over");
  });
});

describe("reopen", () => {
  it("says when the ticket is closed again", () => {
    expect(answer("dw reopen")).toBe(
      "sarah opens IR-12 again. It is closed by itself when all of it is back to normal.",
    );
    expect(answer("dw reopen", { incident: openIncident({ ...open, state: "resolved" }) })).toBe(
      "sarah opens IR-12 again. Nothing is broken now, so it stays open until somebody says dw close or\ncloses it.",
    );
    expect(answer("dw reopen", { incident: openIncident() })).toContain("it has no ticket");
  });
});

describe("expected", () => {
  it("takes what is broken as the new normal", () => {
    expect(answer("dw expected new features")).toBe(
      "Taken as the new normal of churn-v7 from 09:01 UTC. What comes now is learned, and judged again\nafter a few attributions. A later change is told anew.",
    );
    expect(answer("dw expected", { models: ["t/e/s/a", "t/e/s/b"] })).toContain("of 2 models from");
    expect(answer("dw expected", { models: [] })).toContain("no model of it is broken now");
  });
});

describe("help", () => {
  it("shows the few commands that fit now, each with what it is good for (B35)", () => {
    expect(answer("dw help")).toBe(
      "What fits now:\n• you have it: dw ack\n• it was changed on purpose: take it as the new normal: dw expected [REASON]\n• hear nothing of it, and run nothing, for a time: dw silence 2h REASON\n• how it stands: dw status\nEverything, and who may say it: dw help all.",
    );
  });

  it("all: shows every command, who may say it, and whether it asks first (B64)", () => {
    const table = answer("dw help all").split("\n");
    expect(table[0]).toMatch(/^ {2}what it does +command +who +asks first$/);
    for (const { words, role } of contextOf().commands)
      expect(table.some((row) => row.includes(`dw ${words[0]}`) && row.includes(role))).toBe(true);
  });

  it("never begins a line with a command, so that no answer is read as one", () => {
    const all = contextOf().commands.flatMap(({ words: [word] }) => [
      answer(`dw ${word}`),
      answer(`dw ${word}`, { incident: acknowledged }),
    ]);
    for (const line of all.flatMap((text) => text.split("\n")))
      expect(line.trim()).not.toMatch(/^(dw\b|\/)/i);
  });
});

const question = (word: string) => ({
  command: `ticket:1#${word}`,
  word,
  by: "tom",
  untilMs: now + 1,
});

const asked = (...words: readonly string[]) =>
  openIncident({
    ...open,
    people: { words: [], questions: words.map(question), lastAtMs: now },
  });

describe("yes", () => {
  it("confirms the one question that is open", () => {
    expect(asks("dw yes", { incident: asked("close") })).toEqual({
      status: "confirms",
      command: "ticket:1#close",
    });
  });

  it("is refused where no question is open, or several are, or its time is over", () => {
    const none = "Not done: no question is open here. Nothing was changed.";
    expect(answer("dw yes")).toBe(none);
    expect(answer("dw yes", { incident: asked("close"), nowMs: now + 1 })).toBe(none);
    expect(answer("dw yes", { incident: asked("close", "silence") })).toBe(
      "Not done: several questions are open (close or silence). Say again which one you mean.",
    );
  });
});

it("people without a list are known by their door alone", () => {
  expect(known.actor("ticket", "5b10-tom")).toMatchObject({ name: "tom", known: true });
  expect(known.actor("ticket", "tom")).toMatchObject({ known: false });
  expect(known.actor("http", "tom")).toMatchObject({ known: true });
  expect(known.actor("cli", "")).toMatchObject({ name: "operator", known: true });
});
