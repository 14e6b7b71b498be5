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

describe("assign", () => {
  it("names who is to take it, and that the ticket is assigned too", () => {
    expect(answer("dw assign Tom")).toBe(
      "This is for tom, who takes it with dw ack. The ticket is assigned as well.",
    );
    expect(asks("dw assign me")).toMatchObject({
      deed: { kind: "assign", to: { name: "sarah", account: "5b10-sarah" } },
    });
  });

  it("says so where the tracker does not know the person", () => {
    expect(answer("dw assign kim")).toBe(
      "This is for kim, who takes it with dw ack. The ticket's own field stays: no account of the\ntracker is known for kim.",
    );
  });

  it("is refused for a name that nobody has, with the nearest one", () => {
    expect(answer("dw assign sara")).toBe(
      "Not done: nobody is called sara. Did you mean sarah? Nothing was changed.",
    );
    expect(answer("dw assign zoe")).toBe(
      "Not done: nobody is called zoe. Known are sarah, tom or kim. Nothing was changed.",
    );
  });

  it("is refused without a name, and shows how it is said", () => {
    expect(answer("dw assign")).toBe(
      "Not done: one name is expected. It is said as dw assign NAME|me. Nothing was changed.",
    );
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
      "P1, open, for 14 min, sarah has it\n  Found  credit_score fell from 31 % to 5 % of what churn-v7 looks at (normal 26 to 36 %)",
    );
  });

  it("without an incident lists what is open", () => {
    expect(answer("status", { incident: undefined, open: [open] })).toBe(
      "1 open:\n• P1 incident 7, IR-12: churn-v7, for 14 min, nobody has it",
    );
    expect(answer("status", { incident: undefined })).toBe("No incident is open.");
  });
});

describe("help", () => {
  it("shows the few commands that fit now, each with what it is good for (B35)", () => {
    expect(answer("dw help")).toBe(
      "What fits now:\n• you have it: dw ack\n• how it stands: dw status\nEverything, and who may say it: dw help all.",
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
