/** To whom an incident is given, word for word: a person, a team, nobody. */
import { describe, expect, it } from "vitest";
import { KnownPeople } from "../../src/commands/people.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { openIncident } from "../fakes/episodes.ts";
import { answer, asks, known, now, ticket } from "./asking.ts";

const people = new KnownPeople(known.people, [
  { name: "ml", members: ["sarah", "tom"] },
  { name: "payments", members: [] },
]);
const toTom = openIncident({
  ticket,
  people: { assignee: { name: "tom", account: "5b10-tom" }, words: [], questions: [], lastAtMs: 1 },
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
      "Not done: one name is expected. It is said as dw assign NAME|TEAM|me|nobody. Nothing was\nchanged.",
    );
  });
});

describe("assign TEAM", () => {
  it("names the team and its people, any of whom may take it", () => {
    expect(answer("dw assign ML", { people }).replaceAll("\n", " ")).toBe(
      "This is for the team ml: whoever takes it (sarah or tom) says dw ack. The ticket's own field stays, because the tracker knows people alone.",
    );
    expect(asks("dw assign payments", { people })).toMatchObject({
      deed: { kind: "assign", to: { name: "payments", account: undefined } },
    });
  });

  it("is refused for a name that is near to that of a team, with that name", () => {
    expect(answer("dw assign payment", { people })).toContain("Did you mean payments?");
  });
});

describe("assign nobody", () => {
  it.each(["dw assign nobody", "dw assign NOBODY", "dw unassign"])(
    "%s gives it back, and the ticket with it",
    (said) => {
      expect(answer(said, { incident: toTom })).toBe(
        "This is for tom no longer. Whoever takes it says dw ack. The ticket is given back as well.",
      );
      expect(asks(said, { incident: toTom })).toMatchObject({ deed: { kind: "assign", to: null } });
      expect(answer(said)).toBe("Not done: this is for nobody already. Nothing was changed.");
    },
  );
});

describe("wrong-team", () => {
  it("is recorded, and says that nobody else was told", () => {
    expect(answer("dw wrong-team payments").replaceAll("\n", " ")).toBe(
      "Noted, sarah: it belongs to payments. Nobody there was told; give it to a person with dw assign NAME. Nothing is learned from it.",
    );
    for (const said of ["dw wrong-team payments", "dw wrong-team @payments"])
      expect(asks(said)).toMatchObject({
        deed: { kind: "judge", verdict: "wrong_team", team: "payments" },
      });
  });

  it("is refused without the name of one team", () => {
    for (const said of [
      "dw wrong-team",
      "dw wrong-team the other one",
      `dw wrong-team ${"x".repeat(41)}`,
    ])
      expect(answer(said)).toContain("Not done: the name of one team is expected.");
  });
});

describe("wrong-team, where teams are configured", () => {
  it("gives it to the team", () => {
    expect(answer("dw wrong-team ML", { people }).replaceAll("\n", " ")).toContain(
      "Noted, sarah: it is for the team ml now. Whoever takes it (sarah or tom) says dw ack. Nothing is learned from it.",
    );
    for (const said of ["dw wrong-team ml", "dw wrong-team @ml"])
      expect(asks(said, { people })).toMatchObject({
        deed: { kind: "judge", verdict: "wrong_team", team: "ml", handsOver: true },
      });
  });

  it("is refused for a team that there is not, with the nearest name or those there are", () => {
    expect(answer("dw wrong-team payment", { people })).toBe(
      "Not done: no team is called payment. Did you mean payments? Nothing was changed.",
    );
    expect(answer("dw wrong-team zoo", { people })).toContain("Known are ml or payments.");
  });
});

const single = (line: string, changes: Parameters<typeof answer>[1] = {}) =>
  answer(line, { people, ...changes }).replaceAll("\n", " ");
const routedTo = ({ team }: Incident) => (team?.name === "ml" ? "5b10-tom" : undefined);

describe("wrong-team, from now on", () => {
  const given = { name: "payments", former: null, atMs: now };
  it("says to whom tickets of the model go, how it is taken back, and why the assignee stays", () => {
    expect(single("dw wrong-team ml")).toContain(
      "From now on tickets of churn-v7 go to ml; undo: dw wrong-team nobody. The ticket's own assignee stays: no route with team ml names an account.",
    );
    expect(asks("dw wrong-team ml", { people })).toMatchObject({
      rerouting: { team: "ml", former: null, by: "sarah" },
    });
  });

  it("gives the present ticket to whom a route of the team names", () => {
    expect(single("dw wrong-team ml", { routedTo })).toContain(
      "The ticket is assigned as the route of ml says.",
    );
    expect(asks("dw wrong-team ml", { people, routedTo })).toMatchObject({
      deed: { team: "ml", account: "5b10-tom" },
    });
  });

  it("names the team that had it before as the way back", () => {
    const incident = openIncident({ ticket, team: given });
    expect(single("dw wrong-team ml", { incident })).toContain("undo: dw wrong-team payments.");
    expect(asks("dw wrong-team payments", { people, incident })).not.toHaveProperty("rerouting");
  });

  it("is no word on each model where one incident has several", () => {
    const incident = openIncident({ ticket, members: { ...openIncident().members, joined: 3 } });
    expect(single("dw wrong-team ml", { incident })).toContain("It holds for this incident alone");
    expect(asks("dw wrong-team ml", { people, incident })).not.toHaveProperty("rerouting");
  });

  it("is forgotten by dw wrong-team nobody, which gives the incident back too", () => {
    const said = { assignee: { name: "payments" }, words: [], questions: [], lastAtMs: 1 };
    const incident = openIncident({ ticket, team: given, people: said });
    expect(single("dw wrong-team nobody", { incident })).toBe(
      "From now on tickets of churn-v7 go to payments no longer; undo: dw wrong-team payments. This is for nobody now. Whoever takes it says dw ack.",
    );
    expect(asks("dw wrong-team nobody", { people, incident })).toMatchObject({
      deed: { kind: "assign", to: null },
      rerouting: { team: null },
    });
    expect(single("dw wrong-team nobody")).toBe(
      "Not done: no team was named for it. Nothing was changed.",
    );
  });
});
