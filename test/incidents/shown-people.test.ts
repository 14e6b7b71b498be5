/** Accounts that no configuration names are shown by their names, and stored as accounts. */
import { describe, expect, it } from "vitest";
import { KnownPeople } from "../../src/commands/people.ts";
import { peopleOf, withShownName, withShownPeople } from "../../src/incidents/shown-people.ts";
import { renderNote } from "../../src/messages/note-text.ts";
import { plainText } from "../../src/messages/plain-text.ts";
import { toDocument } from "../../src/store/incidents/document.ts";
import { answer } from "../commands/asking.ts";
import { openIncident } from "../fakes/episodes.ts";

const key = "JIRAUSER10101";
const said = { by: key, atMs: 1, command: "ticket:1#0" };
const incident = openIncident({
  people: {
    ack: said,
    assignee: { name: key, account: key },
    words: [{ ...said, about: "note" }],
    questions: [{ command: "ticket:1#0", word: "close", by: key, untilMs: 2 }],
    verdict: { verdict: "real", by: key, atMs: 1 },
    lastAtMs: 1,
  },
  told: [{ ...said, about: "note", text: "x" }],
});
const names = new Map([[key, "Ana {quote} *x*"]]);

describe("an account that the configuration does not name", () => {
  const shown = withShownPeople(incident, names);

  it("is shown by its name wherever the incident says who", () => {
    expect(new Set(peopleOf(incident))).toEqual(new Set([key]));
    const { names: _map, people, told } = shown;
    expect(JSON.stringify([people, told]).replace(/"account":"\w+"/, "")).not.toContain(key);
    expect(people?.assignee).toEqual({ name: "Ana {quote} *x*", account: key });
    expect(answer("dw unack", { incident: shown })).toContain("has this no longer");
    const note = { about: "ack_lapsed", by: key } as const;
    expect(withShownName(note, names).about).toBe("ack_lapsed");
    expect(plainText([renderNote(note, shown)])).toContain("Ana {quote} *x*");
  });

  it("is stored as the account, and its name never with the incident", () => {
    expect(toDocument(shown)).not.toHaveProperty("names");
    expect(withShownPeople(incident, new Map())).toBe(incident);
  });
});

describe("a name that the tracker shows", () => {
  const people = new KnownPeople([
    {
      name: "sarah",
      account: "a-1",
      roles: undefined,
      timeZone: "UTC",
      scopes: ["read"],
      machine: false,
    },
  ]);

  it("does not pass for somebody whom the configuration names", () => {
    const seen = [
      { account: "b-2", name: "Sarah " },
      { account: "c-3", name: "Ana" },
      { account: "a-1", name: "Sarah" },
    ];
    expect(people.shownNames(seen)).toEqual([
      { account: "b-2", name: "Sarah  (b-2)" },
      { account: "c-3", name: "Ana" },
    ]);
  });
});
