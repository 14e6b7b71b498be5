/** The look-up of a ticket whose creation nobody heard the end of. */
import { describe, expect, it } from "vitest";
import { TrackerError, type TrackerErrorCode } from "../../src/tickets/errors.ts";
import { goodPermit } from "../fakes/permit.ts";
import { exampleIncident } from "./example-incident.ts";
import { type Room, room } from "./room.ts";

const unknown = { unknown: true, mayAct: goodPermit };

/** A tracker whose index lags, and that may have the ticket. */
function lagging(listing: boolean): Room {
  const given = room();
  given.tracker.indexed = false;
  given.tracker.listing = listing;
  return given;
}

const open = (given: Room, sinceActMs?: number) =>
  given.ticketing.open(exampleIncident(), { ...unknown, sinceActMs });

describe("a ticket that the index does not show", () => {
  it("is found among the newest ones by its label, and not created again", async () => {
    const given = lagging(true);
    await given.ticketing.open(exampleIncident(), { unknown: false });
    expect((await open(given, 20_000)).ticket.key).toBe("IR-1");
    expect(given.tracker.issues).toHaveLength(1);
  });

  it("is not looked for there while its creation may still be on its way", async () => {
    const given = lagging(true);
    await given.ticketing.open(exampleIncident(), { unknown: false });
    await expect(open(given, 19_999)).rejects.toMatchObject({
      code: "DW_TRACKER_OUTCOME_UNKNOWN",
    });
  });

  it("is told by its title where the project took no labels", async () => {
    const given = lagging(true);
    await given.ticketing.open(exampleIncident(), { unknown: false });
    given.tracker.people("1", { labels: [] });
    expect((await open(given, 20_000)).ticket.key).toBe("IR-1");
  });

  it.each([
    ["without labels and of another title", { labels: [], summary: "Something else" }],
    ["of the same title with labels of its own", { labels: ["people"] }],
  ])("is not taken for one %s", async (_what, change) => {
    const given = lagging(true);
    await given.ticketing.open(exampleIncident(), { unknown: false });
    given.tracker.people("1", change);
    expect((await open(given, 20_000)).ticket.key).toBe("IR-2");
  });

  it("is waited for where the newest ones cannot be listed, until the index had time enough", async () => {
    const given = lagging(false);
    await expect(open(given, 299_999)).rejects.toMatchObject({
      code: "DW_TRACKER_OUTCOME_UNKNOWN",
    });
    expect((await open(given, 300_000)).ticket.key).toBe("IR-1");
  });

  it.each<[TrackerErrorCode, TrackerErrorCode]>([
    ["DW_TRACKER_UNREACHABLE", "DW_TRACKER_UNREACHABLE"],
    ["DW_TRACKER_REFUSED", "DW_TRACKER_OUTCOME_UNKNOWN"],
  ])("is waited for when the list of the newest ends in %s: %s", async (code, said) => {
    const given = lagging(true);
    given.tracker.findAmongNewest = () =>
      Promise.reject(new TrackerError(code, "no list", { hint: "Wait." }));
    await expect(open(given, 20_000)).rejects.toMatchObject({ code: said });
  });
});

describe("a creation that certainly did not happen", () => {
  it("is tried again without a look-up", async () => {
    const given = room();
    given.tracker.away = true;
    await expect(given.ticketing.open(exampleIncident(), { unknown: false })).rejects.toMatchObject(
      { code: "DW_TRACKER_UNREACHABLE" },
    );
    given.tracker.away = false;
    given.tracker.indexed = false;
    expect((await given.ticketing.open(exampleIncident(), { unknown: false })).ticket.key).toBe(
      "IR-1",
    );
  });
});
