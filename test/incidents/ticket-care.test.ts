/** FR-J2, FR-T5: what follows from what people and workflows did to a ticket, and what a ticket is told anew. */
import { describe, expect, it } from "vitest";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { reduce, type Step } from "../../src/incidents/reduce/reduce.ts";
import { episodeClosed, episodeOpened, openIncident } from "../fakes/episodes.ts";

const hour = 3_600_000;
const now = 1_760_000_060_000;
const ticket = { id: "10001", key: "IR-1", url: "http://jira/IR-1" };
const other = { id: "10002", key: "IR-2", url: "http://jira/IR-2" };
const open = openIncident({ ticket });

function step(incident: Incident, event: IncidentEvent, nowMs = now): Step {
  const settings = {
    resolveAfterMs: hour,
    reopenDurationMs: 24 * hour,
    healthAfterMs: hour,
    closedByHandMs: 4 * hour,
    ticketed: true,
    fixesFor: () => [],
  };
  const result = reduce(incident, event, { nowMs, nextNumber: 9, settings });
  return result ?? { incident, effects: [] };
}

const kinds = ({ effects }: Step): readonly string[] => effects.map(({ effect }) => effect.kind);

/** What the timers of a step say when they are due. */
const reopenDue = ({ effects }: Step): readonly IncidentEvent[] =>
  effects.flatMap(({ effect }) =>
    effect.kind === "ticket.reopen" ? [{ ...effect, type: "reopen_due" }] : [],
  );

const seen = (as: "open" | "closed" | "gone", episode = "e1"): IncidentEvent => ({
  type: "ticket_seen",
  ticket: ticket.id,
  as,
  episode,
});

describe("a ticket that somebody closed while the model is broken", () => {
  it("FR-J2: stays closed for four hours, and one comment says so", () => {
    const closed = step(open, seen("closed"));
    expect(kinds(closed)).toEqual(["ticket.comment", "ticket.reopen"]);
    expect(closed.effects[0]?.effect).toMatchObject({ note: { untilMs: now + 4 * hour } });
    expect(closed.effects[1]).toMatchObject({ dueAtMs: now + 4 * hour, timer: true });
    expect(step(closed.incident, seen("closed"), now + hour).effects).toEqual([]);
  });

  it("FR-J2: is opened again when that time is over, as long as the model is broken", () => {
    const { incident } = step(open, seen("closed"));
    const due = { type: "reopen_due", ticket: ticket.id } as const;
    expect(kinds(step(incident, due, now + 4 * hour))).toEqual(["ticket.ensure"]);
    const well = step(incident, episodeClosed()).incident;
    expect(well.closedByHand).toBeUndefined();
    expect(kinds(step(well, due, now + 4 * hour))).toEqual([]);
  });

  it("FR-J2: is opened again at once by a new episode", () => {
    const { incident } = step(open, seen("closed"));
    const worse = step(incident, episodeOpened({ id: "e2" }), now + 60_000);
    expect(kinds(worse)).toContain("ticket.ensure");
  });

  it("is closed by hand anew when it was opened again and somebody closes it again", () => {
    const closed = step(open, seen("closed")).incident;
    const opened = step(closed, seen("open"), now + 4 * hour).incident;
    expect(opened.closedByHand).toBeUndefined();
    expect(kinds(step(opened, seen("closed"), now + 5 * hour))).toEqual([
      "ticket.comment",
      "ticket.reopen",
    ]);
  });

  it("stays closed for the whole time that was told when it is closed a second time", () => {
    const first = step(open, seen("closed"));
    const opened = step(first.incident, seen("open"), now + hour).incident;
    const second = step(opened, seen("closed"), now + 3 * hour);
    const [firstDue, secondDue] = [...reopenDue(first), ...reopenDue(second)];
    expect(step(second.incident, firstDue!, now + 4 * hour).effects).toEqual([]);
    expect(kinds(step(second.incident, secondDue!, now + 7 * hour))).toEqual(["ticket.ensure"]);
  });

  it("is no news when all is well, when something new broke since, or of a former ticket", () => {
    expect(step({ ...open, state: "recovered" }, seen("closed")).effects).toEqual([]);
    expect(step(open, seen("closed", "e0")).effects).toEqual([]);
    expect(step({ ...open, ticket: other }, seen("closed")).effects).toEqual([]);
  });
});

describe("a ticket that somebody closed when the model was well again", () => {
  it.each(["open", "recovered"] as const)(
    "FR-J2: is looked at when the model breaks again (%s)",
    (state) => {
      const again = step({ ...open, state }, episodeOpened({ id: "e2" }));
      expect(kinds(again)).toEqual(["ticket.ensure", "ticket.update"]);
    },
  );
});

describe("a ticket that was deleted", () => {
  it("FR-J2: is followed by a new one at once, since nobody could be told on it", () => {
    expect(kinds(step(open, seen("gone")))).toEqual(["ticket.ensure"]);
  });

  it("is followed by a third one only after the usual time: whoever deletes it is not fought", () => {
    const second = step(open, { type: "ticket_opened", ticket: other }).incident;
    const gone = { type: "ticket_seen", ticket: other.id, as: "gone", episode: "e1" } as const;
    expect(kinds(step(second, gone, now + 60_000))).toEqual(["ticket.reopen"]);
    expect(kinds(step(second, gone, now + 5 * hour))).toEqual(["ticket.ensure"]);
  });

  it("is remembered, and told and linked by the one that goes on from it", () => {
    const result = step(open, { type: "ticket_opened", ticket: other });
    expect(result.incident).toMatchObject({ ticket: other, formerTickets: [ticket] });
    expect(result.effects.map(({ effect }) => effect)).toContainEqual({
      kind: "ticket.link",
      former: ticket,
    });
  });
});

describe("what happened to an incident", () => {
  const run = {
    id: "r1",
    fix: "restart-svc",
    remediation: "restart-container",
    target: "my-service",
    atMs: now,
    status: "acted",
    detail: "Restarted my-service.",
  } as const;

  it("FR-T5: brings what was tried on its ticket up to date", () => {
    expect(kinds(step(open, { type: "run_changed", run }))).toContain("ticket.update");
    const verified = {
      type: "verified",
      id: "v1",
      run: "r1",
      model: "m",
      at: now * 1000,
      outcome: "recovered",
      detail: "3 of 3 clean.",
    } as const;
    expect(kinds(step({ ...open, runs: [run] }, verified))).toContain("ticket.update");
  });

  it("raises the ticket, once, when it gets worse", () => {
    const worse = step({ ...open, severity: "P2" }, episodeOpened({ id: "e2", kind: "silent" }));
    const rises = worse.effects.flatMap(({ effect }) =>
      effect.kind === "ticket.update" ? [effect.rise] : [],
    );
    expect(rises).toEqual([{ from: "P2", to: worse.incident.severity }]);
    const same = step(open, episodeOpened({ id: "e2", kind: "silent" }));
    expect(same.effects.map(({ effect }) => effect)).toContainEqual({ kind: "ticket.update" });
  });
});

describe("the text of a ticket", () => {
  const written = { summary: "a", description: "b" };

  it("is remembered as we wrote it, of this ticket and no other", () => {
    const event = { type: "ticket_written", written } as const;
    expect(step(open, { ...event, ticket: ticket.id }).incident.written).toEqual(written);
    expect(step(open, { ...event, ticket: other.id }).incident.written).toBeUndefined();
  });

  it("is brought up to date when the tracker did not take it, or more came while it was written", () => {
    const opened = { type: "ticket_opened", ticket } as const;
    const { ticket: _none, ...untold } = open;
    expect(kinds(step(untold, opened))).toEqual([]);
    expect(kinds(step(untold, { ...opened, lacksText: true }))).toEqual(["ticket.update"]);
    expect(kinds(step({ ...untold, occurrences: 2 }, opened))).toEqual(["ticket.update"]);
  });
});

const replacedAt = (atMs: number): Incident => ({ ...open, formerTickets: [{ ...other, atMs }] });

describe("the tickets that one goes on from", () => {
  const opened = { type: "ticket_opened", ticket } as const;

  it("do not have itself among them", () => {
    expect(step(open, opened).incident).not.toHaveProperty("formerTickets");
  });

  it("are kept when the same one is said again", () => {
    const formerTickets = [{ ...other, atMs: 1 }];
    expect(step({ ...open, formerTickets }, opened).incident.formerTickets).toEqual(formerTickets);
  });

  it("are left to the usual time exactly from the moment on at which the last was replaced", () => {
    const gone = seen("gone");
    expect(kinds(step(replacedAt(now - 4 * hour), gone))).toEqual(["ticket.ensure"]);
    expect(kinds(step(replacedAt(now - 4 * hour + 1), gone))).toEqual(["ticket.reopen"]);
  });
});

describe("a ticket that is seen to be open", () => {
  it("is no news where nobody had closed it", () => {
    const result = step(open, seen("open"));
    expect(result.incident).toBe(open);
  });
});

describe("a ticket that is to be opened again", () => {
  it("is not when another one has taken its place, or nobody closed it", () => {
    const due = { type: "reopen_due", ticket: ticket.id } as const;
    const closedByHand = { atMs: 1, untilMs: 2 };
    expect(kinds(step({ ...open, closedByHand, ticket: other }, due))).toEqual([]);
    expect(kinds(step(open, due))).toEqual([]);
  });
});

describe("the ticket of an incident that is a part of another", () => {
  it("is not followed: the other's ticket is", () => {
    const part = { ...open, partOf: "inc-other" };
    expect(kinds(step(part, episodeOpened({ id: "e2" })))).not.toContain("ticket.ensure");
  });
});
