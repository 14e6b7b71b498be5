import { describe, expect, it } from "vitest";
import type { Incident } from "../../src/incidents/incident.ts";
import { TrackerError } from "../../src/tickets/errors.ts";
import type { Issue } from "../../src/tickets/tracker.ts";
import { exampleIncident, exampleRun } from "./example-incident.ts";
import { type Room, room } from "./room.ts";

const first = { unknown: false };
const afterUnknown = { unknown: true };
const minute = 60_000;

/** An incident whose ticket exists. */
async function ticketed({ ticketing }: Room, change: Partial<Incident> = {}): Promise<Incident> {
  const incident = exampleIncident({}, change);
  const { ticket } = await ticketing.open(incident, first);
  return { ...incident, ticket };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  return error instanceof TrackerError ? error.code : `not refused: ${String(error)}`;
}

const again = (incident: Incident): Incident => ({
  ...incident,
  occurrences: 2,
  episode: { ...incident.episode, id: "episode-2" },
});

describe("opening a ticket", () => {
  it("creates one and returns where it is", async () => {
    const { ticketing, tracker } = room();
    const opened = await ticketing.open(exampleIncident(), first);
    expect(opened).toMatchObject({
      change: "created",
      ticket: { id: "1", key: "IR-1", url: "http://jira/browse/IR-1" },
    });
    expect(tracker.issues).toHaveLength(1);
  });

  it("a ticket whose creation was not answered is adopted", async () => {
    const { ticketing, tracker } = room();
    tracker.losesAnswerOf.push("create");
    expect(await codeOf(ticketing.open(exampleIncident(), first))).toBe("DW_TRACKER_TIMEOUT");
    const opened = await ticketing.open(exampleIncident(), afterUnknown);
    expect(opened.change).toBe("adopted");
    expect(tracker.issues).toHaveLength(1);
  });

  it("adopts it after a restart that forgot everything but that an attempt was made", async () => {
    const { ticketing, tracker } = room();
    const before = room();
    await before.ticketing.open(exampleIncident(), first);
    tracker.issues = before.tracker.issues;
    expect((await ticketing.open(exampleIncident(), afterUnknown)).change).toBe("adopted");
    expect(tracker.issues).toHaveLength(1);
  });

  it("does not adopt the ticket of an earlier incident with the same fingerprint", async () => {
    const { ticketing, tracker, later } = room();
    await ticketing.open(exampleIncident({}, { id: "incident-0" }), first);
    await ticketing.open(exampleIncident(), afterUnknown).catch(() => undefined);
    later(6 * minute);
    expect((await ticketing.open(exampleIncident(), afterUnknown)).change).toBe("created");
    expect(tracker.issues).toHaveLength(2);
  });
});

describe("a creation of unknown outcome that the search does not show", () => {
  it("is looked for with growing pauses and repeated only when the index had time enough", async () => {
    const { ticketing, tracker, later } = room({ lookUpMs: 5 * minute });
    tracker.indexed = false;
    const waits: (number | undefined)[] = [];
    for (let attempt = 2; tracker.issues.length === 0 && attempt < 100; attempt += 1) {
      const opening = ticketing.open(exampleIncident(), afterUnknown);
      const error: unknown = await opening.catch((reason: unknown) => reason);
      if (!(error instanceof TrackerError)) break;
      expect(error).toMatchObject({ code: "DW_TRACKER_OUTCOME_UNKNOWN", retryable: true });
      waits.push(error.retryAfterMs);
      later(error.retryAfterMs ?? 0);
    }
    expect(waits.slice(0, 5)).toEqual([5000, 5000, 10_000, 20_000, 40_000]);
    expect(waits.reduce<number>((sum, wait) => sum + (wait ?? 0), 0)).toBe(5 * minute);
    expect(tracker.issues).toHaveLength(1);
  });

  it("is looked for even when the caller forgot that it was unknown", async () => {
    const { ticketing, tracker } = room();
    tracker.losesAnswerOf.push("create");
    await ticketing.open(exampleIncident(), first).catch(() => undefined);
    expect((await ticketing.open(exampleIncident(), first)).change).toBe("adopted");
    expect(tracker.issues).toHaveLength(1);
  });
});

describe("a ticket that was created without its labels", () => {
  it("is kept, because its id is known", async () => {
    const { ticketing, tracker } = room();
    const create = tracker.create.bind(tracker);
    tracker.create = async (issue) => {
      const created: Issue = await create({ ...issue, labels: [] });
      const hint = "Put Labels on the screen.";
      throw new TrackerError("DW_TRACKER_LABEL_NOT_STORED", "no labels", { hint, issue: created });
    };
    const opened = await ticketing.open(exampleIncident(), first);
    expect(opened).toMatchObject({ change: "created", ticket: { key: "IR-1" } });
  });
});

describe("opening an incident that has a ticket", () => {
  it("reopens a ticket that is done, once, without a comment: that mails already", async () => {
    const place = room();
    const incident = await ticketed(place);
    place.tracker.people("1", { done: true });
    expect((await place.ticketing.open(again(incident), first)).change).toBe("reopened");
    expect((await place.ticketing.ensure(again(incident), afterUnknown)).change).toBe("unchanged");
    expect(place.tracker.issues).toMatchObject([{ done: false }]);
    expect(place.tracker.issues[0]?.comments).toEqual([]);
  });

  it("says in one comment that it is back where the ticket was never closed", async () => {
    const place = room();
    const incident = await ticketed(place);
    expect((await place.ticketing.open(again(incident), first)).change).toBe("commented");
    expect((await place.ticketing.open(again(incident), first)).change).toBe("unchanged");
    expect(place.tracker.issues[0]?.comments).toMatchObject([
      { body: expect.stringContaining("Again") },
    ]);
  });

  it("never reopens what people will not fix, nor comments there", async () => {
    const place = room();
    const incident = await ticketed(place);
    place.tracker.people("1", { done: true, wontFix: true });
    for (const occurrences of [2, 3, 4]) {
      const repeated = { ...again(incident), occurrences };
      expect((await place.ticketing.open(repeated, first)).change).toBe("left_alone");
    }
    expect(place.tracker.issues).toHaveLength(1);
    expect(place.tracker.issues[0]?.done).toBe(true);
    expect(place.tracker.issues[0]?.comments).toEqual([]);
  });

  it("changes nothing on one that people deleted, and says so", async () => {
    const place = room();
    const incident = await ticketed(place);
    place.tracker.issues = [];
    expect((await place.ticketing.update(incident)).change).toBe("gone");
    expect(place.tracker.issues).toEqual([]);
    expect(await place.registry.metrics()).toContain(
      'driftwarden_ticket_changes_total{change="gone"} 1',
    );
  });
});

describe("a comment", () => {
  const note = { about: "run", run: exampleRun() } as const;

  it("a comment is written once, even when its answer was lost", async () => {
    const place = room();
    const incident = await ticketed(place);
    place.tracker.losesAnswerOf.push("addComment");
    expect(await codeOf(place.ticketing.note(incident, { note, id: "n1" }))).toBe(
      "DW_TRACKER_TIMEOUT",
    );
    expect(await place.ticketing.note(incident, { note, id: "n1" })).toBe("unchanged");
    expect(await place.ticketing.note(incident, { note, id: "n2" })).toBe("commented");
    expect(place.tracker.issues[0]?.comments).toHaveLength(2);
  });

  it("waits for one that may still be on its way, and then is written again", async () => {
    const place = room();
    const incident = await ticketed(place);
    const tried = { unknown: true, sinceActMs: 9_999 };
    const error: unknown = await place.ticketing
      .note(incident, { note, id: "n1" }, tried)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "DW_TRACKER_OUTCOME_UNKNOWN", retryAfterMs: 1 });
    const later = { ...tried, sinceActMs: 10_000 };
    expect(await place.ticketing.note(incident, { note, id: "n1" }, later)).toBe("commented");
  });

  it("FR-M2: of which nobody knows when it was last tried is written at once", async () => {
    const place = room();
    const incident = await ticketed(place);
    const tried = { unknown: true };
    expect(await place.ticketing.note(incident, { note, id: "n1" }, tried)).toBe("commented");
  });

  it("is written at once when the earlier attempt certainly wrote nothing", async () => {
    const place = room();
    const incident = await ticketed(place);
    const tried = { unknown: false, sinceActMs: 0 };
    expect(await place.ticketing.note(incident, { note, id: "n1" }, tried)).toBe("commented");
  });

  it("is not written, nor is anything else, by one whose effect is in other hands", async () => {
    const place = room();
    const incident = await ticketed(place);
    const tried = { unknown: false, mayAct: () => Promise.reject(new Error("taken over")) };
    const { ticketing } = place;
    const other = exampleIncident({}, { id: "other" });
    await expect(ticketing.open(other, tried)).rejects.toThrow("taken over");
    await expect(ticketing.note(incident, { note, id: "n1" }, tried)).rejects.toThrow("taken over");
    const update = { rise: { from: "P2", to: "P1" }, attempt: tried } as const;
    await expect(ticketing.update(incident, update)).rejects.toThrow("taken over");
    await expect(ticketing.resolve(incident, tried)).rejects.toThrow("taken over");
    expect(place.tracker.issues).toHaveLength(1);
    expect(place.tracker.issues[0]?.comments).toHaveLength(0);
  });

  it("is not taken for written because a person quoted it", async () => {
    const place = room();
    const incident = await ticketed(place);
    await place.ticketing.note(incident, { note, id: "n1" });
    const comments = place.tracker.issues[0]?.comments ?? [];
    const quoted = comments.map((comment) => ({ ...comment, mark: undefined }));
    place.tracker.people("1", { comments: quoted });
    expect(await place.ticketing.note(incident, { note, id: "n1" })).toBe("commented");
  });

  it("needs a ticket, and says when there is none", async () => {
    expect(await room().ticketing.note(exampleIncident(), { note, id: "n1" })).toBe("no_ticket");
  });
});

describe("resolving a ticket", () => {
  it("closes it, and leaves it when people were faster", async () => {
    const place = room();
    const incident = await ticketed(place);
    expect(await place.ticketing.resolve(incident)).toBe("resolved");
    expect(await place.ticketing.resolve(incident)).toBe("unchanged");
    expect(place.tracker.issues).toMatchObject([{ done: true }]);
  });

  it("asks people in one comment where the tracker cannot close it, once the incident is over", async () => {
    const place = room();
    place.tracker.movable = false;
    const open = await ticketed(place);
    expect(await place.ticketing.resolve(open)).toBe("unchanged");
    const incident = { ...open, state: "resolved" } as const;
    expect(await place.ticketing.resolve(incident)).toBe("commented");
    expect(await place.ticketing.resolve(incident)).toBe("unchanged");
    expect(place.tracker.issues[0]?.comments[0]?.body).toContain("Please close this ticket");
  });
});
