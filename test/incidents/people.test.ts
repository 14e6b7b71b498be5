/** What the incident remembers of people's commands, and what follows from them. */
import { describe, expect, it } from "vitest";
import type { Deed } from "../../src/incidents/deed.ts";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { reduce, type Step } from "../../src/incidents/reduce/reduce.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";

const hour = 3_600_000;
const now = 1_760_000_060_000;
const ticket = { id: "10001", key: "IR-1", url: "http://jira/IR-1" };
const open = openIncident({ ticket, lastSeenAtMs: now });

function step(incident: Incident, event: IncidentEvent, nowMs = now): Step {
  const settings = {
    resolveAfterMs: hour,
    reopenDurationMs: 24 * hour,
    healthAfterMs: hour,
    closedByHandMs: 4 * hour,
    ackForMs: 4 * hour,
    ticketed: true,
    fixesFor: () => [],
  };
  const result = reduce(incident, event, { nowMs, nextNumber: 9, settings });
  return result ?? { incident, effects: [] };
}

const does = (deed: Deed, command = "ticket:1#0"): IncidentEvent => ({
  type: "commanded",
  command,
  by: "sarah",
  deed,
});
const after = (deed: Deed): Incident => step(open, does(deed)).incident;
const effects = ({ effects: planned }: Step) => planned.map(({ effect }) => effect);
const kinds = (made: Step): readonly string[] => effects(made).map(({ kind }) => kind);

describe("an answered incident (A23)", () => {
  const acknowledged = step(open, does({ kind: "acknowledge" }));
  const due = { type: "ack_due", command: "ticket:1#0" } as const;

  it("shows who has it on the ticket by an edit, and is asked about after a time", () => {
    expect(acknowledged.incident.people?.ack).toMatchObject({ by: "sarah", atMs: now });
    expect(kinds(acknowledged)).toEqual(["ticket.update", "incident.ack_lapse"]);
    expect(acknowledged.effects[1]).toMatchObject({ dueAtMs: now + 4 * hour, timer: true });
  });

  it("lapses once nothing has happened for that time, with one reminder", () => {
    const lapsed = step(acknowledged.incident, due, now + 4 * hour);
    expect(lapsed.incident.people?.ack).toBeUndefined();
    expect(effects(lapsed)).toEqual([
      { kind: "ticket.update" },
      { kind: "ticket.comment", note: { about: "ack_lapsed", by: "sarah" } },
    ]);
    expect(step(lapsed.incident, due, now + 9 * hour).effects).toEqual([]);
  });

  it("goes on while something happens", () => {
    const word = does({ kind: "say", about: "note" }, "ticket:2#0");
    const spoken = step(acknowledged.incident, word, now + 3 * hour).incident;
    const asked = step(spoken, due, now + 4 * hour);
    expect(asked.incident.people?.ack).toBeDefined();
    expect(asked.effects).toMatchObject([{ dueAtMs: now + 7 * hour }]);
  });

  it("is forgotten when it is over, or somebody else has it", () => {
    const other = step(acknowledged.incident, does({ kind: "acknowledge" }, "ticket:2#0"));
    expect(step(other.incident, due, now + 4 * hour).effects).toEqual([]);
    const over = { ...acknowledged.incident, state: "recovered" } as const;
    expect(step(over, due, now + 4 * hour).effects).toEqual([]);
  });

  it("can be given back", () => {
    const back = step(acknowledged.incident, does({ kind: "let_go" }, "ticket:2#0"));
    expect(back.incident.people?.ack).toBeUndefined();
  });
});

describe("a person's severity", () => {
  const lowered = step(open, does({ kind: "severity", severity: "P2" }));
  const again = episodeOpened({ id: "e2", at: 1_760_000_100_000_000 });

  it("changes title, label and priority, and no comment is owed", () => {
    expect(lowered.incident.severity).toBe("P2");
    expect(effects(lowered)).toEqual([
      { kind: "ticket.update", rise: { from: "P1", to: "P2", by: "sarah" } },
    ]);
  });

  it("holds while the same kind comes again", () => {
    expect(step(lowered.incident, again).incident.severity).toBe("P2");
  });

  it("is over when another kind breaks: then it may rise", () => {
    const silent = step(lowered.incident, { ...again, kind: "silent" });
    expect(silent.incident).toMatchObject({ severity: "P1", saidSeverity: undefined });
  });
});

describe("a ticket closed by a command", () => {
  it("while something is broken is left closed for a time, and no comment says so again", () => {
    const closed = step(open, does({ kind: "close" }));
    expect(closed.incident.closedByHand).toMatchObject({ untilMs: now + 4 * hour });
    expect(kinds(closed)).toEqual(["ticket.resolve", "ticket.reopen", "ticket.update"]);
  });

  it("is opened again by the same kind of word", () => {
    const closed = after({ kind: "close" });
    expect(kinds(step(closed, does({ kind: "reopen" }, "ticket:2#0")))).toContain("ticket.ensure");
    const over = openIncident({ ...open, state: "resolved" });
    expect(kinds(step(over, does({ kind: "reopen" })))).toContain("ticket.open_again");
  });
});

describe("an incident that is for somebody", () => {
  it("is given to a person and given back on the ticket, and to a team in the incident alone", () => {
    const to = { name: "tom", account: "5b10-tom" };
    const given = step(open, does({ kind: "assign", to }));
    expect(kinds(given)).toEqual(["ticket.update", "ticket.assign"]);
    const back = step(given.incident, does({ kind: "assign", to: null }));
    expect(back.effects.at(-1)).toMatchObject({ effect: { kind: "ticket.assign", account: null } });
    const team = { kind: "judge", verdict: "wrong_team", team: "ml", handsOver: true } as const;
    const taken = step(given.incident, does({ kind: "acknowledge" }));
    const handed = step(taken.incident, does(team));
    expect(handed.incident.people).toMatchObject({
      assignee: { name: "ml" },
      verdict: { verdict: "wrong_team", team: "ml" },
    });
    expect(handed.incident.people).not.toHaveProperty("ack");
    expect(kinds(handed)).toEqual(["ticket.update"]);
    const nobody = step(handed.incident, does({ kind: "assign", to: null }));
    expect(kinds(nobody)).toEqual(["ticket.update"]);
  });
});

it("an incident that is handed to a team has its ticket assigned to whom the routes name", () => {
  const team = { kind: "judge", verdict: "wrong_team", team: "ml", handsOver: true } as const;
  const handed = step(open, does({ ...team, account: "5b10-kim" }));
  expect(handed.incident.people?.assignee).toEqual({ name: "ml", account: "5b10-kim" });
  expect(handed.incident.people?.verdict).not.toHaveProperty("account");
  expect(effects(handed).at(-1)).toEqual({ kind: "ticket.assign", account: "5b10-kim" });
});

describe("what a person did in the tracker itself", () => {
  it("is not done there again: closing, reopening, assigning", () => {
    const closed = step(open, does({ kind: "close", inTracker: true }));
    expect(closed.incident.closedByHand).toEqual({ atMs: now, untilMs: now + 4 * hour });
    expect(kinds(closed).toSorted()).toEqual(["ticket.reopen", "ticket.update"]);
    const reopened = step(closed.incident, does({ kind: "reopen", inTracker: true }));
    expect(reopened.incident.closedByHand).toBeUndefined();
    expect(kinds(reopened)).toEqual(["ticket.update"]);
    const to = { name: "tom", account: "5b10-tom" };
    const assigned = step(open, does({ kind: "assign", to, inTracker: true }));
    expect(assigned.incident.people?.assignee).toEqual(to);
    expect(kinds(assigned)).toEqual(["ticket.update"]);
    const nobody = step(assigned.incident, does({ kind: "assign", to: null, inTracker: true }));
    expect(nobody.incident.people).not.toHaveProperty("assignee");
    expect(kinds(nobody)).toEqual(["ticket.update"]);
  });

  it("counts the time of a closed ticket from when it was first known to be closed", () => {
    const closed = step(open, does({ kind: "close", inTracker: true })).incident;
    const again = step(closed, does({ kind: "close", inTracker: true }), now + hour);
    expect(again.incident.closedByHand).toEqual(closed.closedByHand);
    expect(kinds(again)).toEqual(["ticket.update"]);
  });
});

it("what is expected goes into the stream as one marker a model, always under the same id", () => {
  const models = ["t/e/s/a", "t/e/s/b"];
  const markers = (nowMs: number) =>
    effects(step(open, does({ kind: "expect", models }), nowMs)).flatMap((effect) =>
      effect.kind === "stream.append" ? [effect.record] : [],
    );
  expect(markers(now)).toMatchObject([
    { kind: "marker", model: "t/e/s/a", at: now * 1000, marker: "expected" },
    { kind: "marker", model: "t/e/s/b" },
  ]);
  expect(markers(now + 5).map(({ id }) => id)).toEqual(markers(now).map(({ id }) => id));
});

it("a question is over with its answer, or after its time", () => {
  const asked = after({ kind: "ask", word: "close", untilMs: now + 10 });
  expect(asked.people?.questions).toMatchObject([{ word: "close", command: "ticket:1#0" }]);
  expect(step(asked, does({ kind: "close" })).incident.people?.questions).toEqual([]);
  const later = step(asked, does({ kind: "say", about: "note" }, "ticket:2#0"), now + 10);
  expect(later.incident.people?.questions).toEqual([]);
});

it("of what was said the newest twenty stay, and nothing of it is text", () => {
  let incident = open;
  for (let n = 0; n < 25; n += 1)
    incident = step(incident, does({ kind: "say", about: "note" }, `ticket:${n}#0`)).incident;
  expect(incident.people?.words).toHaveLength(20);
  expect(incident.people?.words[0]).toEqual({
    command: "ticket:5#0",
    about: "note",
    by: "sarah",
    atMs: now,
  });
});

it("the team to which it belongs, and that it was expected, are verdicts too", () => {
  const verdict = "wrong_team";
  expect(after({ kind: "judge", verdict, team: "payments" }).people?.verdict).toEqual({
    verdict,
    team: "payments",
    by: "sarah",
    atMs: now,
  });
  expect(after({ kind: "expect", models: [] }).people?.verdict).toMatchObject({
    verdict: "expected",
    by: "sarah",
  });
});

it("a verdict and the true beginning are remembered", () => {
  expect(after({ kind: "judge", verdict: "false_positive" }).people?.verdict).toMatchObject({
    verdict: "false_positive",
    by: "sarah",
  });
  expect(after({ kind: "started", atMs: 5 }).people?.startedAtMs).toBe(5);
});
