/** FR-J2: while something is broken there is a ticket that is not closed, and somebody was told anew. */
import { describe, expect, it } from "vitest";
import { nextEpisode, type Room, remembering, room, ticketed } from "./room.ts";

const bodies = ({ tracker }: Room, id: string): readonly string[] =>
  (tracker.issues.find((issue) => issue.id === id)?.comments ?? []).map(({ body }) => body);

describe("a ticket that was closed by hand, whatever our own state says", () => {
  it("FR-J2: is reopened, which mails, when the model breaks again before the incident was over", async () => {
    const place = room();
    const incident = await ticketed(place);
    place.tracker.people("1", { done: true });
    const broken = nextEpisode(incident);
    expect((await place.ticketing.ensure(broken)).change).toBe("reopened");
    expect((await place.ticketing.ensure(broken)).change).toBe("unchanged");
    expect(place.tracker.issues).toMatchObject([{ done: false }]);
    expect(bodies(place, "1")).toEqual([]);
  });

  it("FR-J2: is reopened when its time is over", async () => {
    const place = room();
    const incident = await ticketed(place);
    const closedByHand = { atMs: Date.parse("2026-11-20T10:10:00Z"), untilMs: 1 };
    place.tracker.people("1", { done: true });
    const outcome = await place.ticketing.ensure({ ...incident, closedByHand });
    expect(outcome.change).toBe("reopened");
    expect(bodies(place, "1")).toEqual([]);
    const after = remembering({ ...incident, closedByHand }, outcome, place.now());
    expect(after.closedByHand).toBeUndefined();
  });

  it("FR-J2: stays closed when all is well again by then", async () => {
    const place = room();
    const incident = await ticketed(place);
    place.tracker.people("1", { done: true });
    const over = { ...incident, state: "recovered" } as const;
    expect((await place.ticketing.ensure(over)).change).toBe("unchanged");
    expect(place.tracker.issues).toMatchObject([{ done: true }]);
  });

  it("is left alone when people said that it will not be fixed", async () => {
    const place = room();
    const incident = await ticketed(place);
    place.tracker.people("1", { done: true, wontFix: true });
    expect((await place.ticketing.ensure(nextEpisode(incident))).change).toBe("left_alone");
    expect(place.tracker.issues).toHaveLength(1);
  });
});

describe("a ticket that cannot be used any more", () => {
  it("FR-J2: is followed by a new one, linked and named, where no way leads back from Done", async () => {
    const place = room();
    const incident = await ticketed(place);
    place.tracker.people("1", { done: true });
    place.tracker.movable = false;
    const outcome = await place.ticketing.open(nextEpisode(incident), { unknown: false });
    expect(outcome).toMatchObject({ change: "created", ticket: { key: "IR-2" } });
    const after = remembering(nextEpisode(incident), outcome, place.now());
    expect(after).toMatchObject({ ticket: { key: "IR-2" }, formerTickets: [{ key: "IR-1" }] });
    const former = { id: "1", key: "IR-1", url: "http://jira/browse/IR-1" };
    expect(await place.ticketing.link(after, former)).toBe("linked");
    expect(await place.ticketing.link(after, former)).toBe("linked");
    expect(place.tracker.issues).toMatchObject([
      { links: ["IR-2"] },
      { done: false, description: expect.stringContaining("IR-1") },
    ]);
    expect(bodies(place, "1").filter((body) => body.includes("IR-2"))).toHaveLength(1);
  });

  it("FR-J2: is followed by a new one when it was deleted, and by one only", async () => {
    const place = room();
    const incident = await ticketed(place);
    place.tracker.issues = place.tracker.issues.map((issue) => ({
      ...issue,
      id: "gone",
      labels: [],
    }));
    const outcome = await place.ticketing.ensure(incident);
    expect(outcome.change).toBe("created");
    const after = remembering(incident, outcome, place.now());
    expect(after.ticket?.key).toBe("IR-2");
    const goesOn = {
      description: expect.stringContaining("This goes on from IR-1"),
    };
    expect(place.tracker.issues.at(-1)).toMatchObject(goesOn);
    const updated = await place.ticketing.update({ ...after, severity: "P0" });
    expect(updated.change).toBe("updated");
    expect(place.tracker.issues.at(-1)).toMatchObject(goesOn);
    expect((await place.ticketing.ensure(after)).change).toBe("unchanged");
    expect(place.tracker.issues).toHaveLength(2);
  });

  it("FR-J2: is followed by one ticket although the answer to its creation was lost", async () => {
    const place = room();
    const incident = await ticketed(place);
    place.tracker.people("1", { done: true });
    place.tracker.movable = false;
    place.tracker.losesAnswerOf.push("create");
    const broken = nextEpisode(incident);
    await expect(place.ticketing.ensure(broken)).rejects.toMatchObject({ maybeApplied: true });
    expect((await place.ticketing.ensure(broken, { unknown: true })).change).toBe("adopted");
    expect(place.tracker.issues).toHaveLength(2);
  });

  it("is followed by a new one although the tracker does not link", async () => {
    const place = room();
    const incident = await ticketed(place);
    place.tracker.linking = false;
    const former = { id: "1", key: "IR-1", url: "http://jira/browse/IR-1" };
    const second = {
      ...incident,
      ticket: { id: "2", key: "IR-2", url: "http://jira/browse/IR-2" },
    };
    place.tracker.issues.push({ ...place.tracker.issues[0]!, id: "2", key: "IR-2" });
    expect(await place.ticketing.link(second, former)).toBe("commented");
  });
});
