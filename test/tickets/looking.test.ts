import { describe, expect, it } from "vitest";
import { askedSingly } from "../../src/tickets/looking.ts";
import { room, ticketed } from "./room.ts";

describe("a look at what became of tickets", () => {
  it("asks once for up to a hundred that are all open", async () => {
    const place = room();
    for (let n = 0; n < 30; n += 1) await ticketed(place, { id: `incident-${n}` });
    const ids = place.tracker.issues.map(({ id }) => id);
    const { calls } = place.tracker;
    expect([...(await place.ticketing.look(ids))]).toEqual([]);
    expect(place.tracker.calls - calls).toBe(1);
  });

  it("tells which are closed, gone, or will not be fixed", async () => {
    const place = room();
    for (let n = 0; n < 4; n += 1) await ticketed(place, { id: `incident-${n}` });
    place.tracker.people("2", { done: true });
    place.tracker.people("3", { done: true, wontFix: true });
    expect([...(await place.ticketing.look(["1", "2", "3", "4", "99"]))]).toEqual([
      ["2", "closed"],
      ["3", "wont_fix"],
      ["99", "gone"],
    ]);
  });

  it("asks for each in its turn where the search does not know it, a few a look", async () => {
    const place = room();
    for (let n = 0; n < 20; n += 1) await ticketed(place, { id: `incident-${n}` });
    for (const { id } of place.tracker.issues) place.tracker.people(id, { labels: [] });
    place.tracker.people("20", { done: true });
    const ids = place.tracker.issues.map(({ id }) => id);
    const { calls } = place.tracker;
    const found = [];
    for (let look = 0; look < 3; look += 1) found.push(...(await place.ticketing.look(ids)));
    expect(place.tracker.calls - calls).toBe(3 * (1 + askedSingly));
    expect(found.filter(([, fate]) => fate === "closed")).toEqual([["20", "closed"]]);
  });
});
