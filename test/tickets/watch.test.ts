/** How much of Jira the watch of open tickets costs, and what it tells. */
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import type { TicketObserved } from "../../src/incidents/event.ts";
import { startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { createTicketLook } from "../../src/tickets/looking.ts";
import { type WatchedIncident, watchTickets } from "../../src/tickets/watch.ts";
import { openExample } from "./jira/open-example.ts";
import { type Room, room, ticketed } from "./room.ts";

const hour = 3_600_000;

/** An hour of the watch. @returns what it recorded */
async function hourOf(
  place: Room,
  incidents: readonly WatchedIncident[],
  { mayLook = true, ...rest }: { mayLook?: boolean; closedByHandMs?: number } = {},
): Promise<readonly TicketObserved[]> {
  const recorded: TicketObserved[] = [];
  const over = new AbortController();
  const untilMs = place.now() + hour;
  const sleep = async (ms: number): Promise<void> => {
    place.later(ms);
    if (place.now() >= untilMs) over.abort();
  };
  await watchTickets(
    {
      look: place.ticketing.look,
      watched: async () => incidents,
      record: async (_incident, event) => void recorded.push(event),
      mayLook: async () => mayLook,
      clock: { now: place.now, at: (ms) => ms, sleep },
      logger: pino({ enabled: false }),
      ...rest,
    },
    over.signal,
  );
  return recorded;
}

const watchedOf = ({ tracker }: Room): readonly WatchedIncident[] =>
  tracker.issues.map(({ id }) => ({ incident: `i${id}`, ticket: id, episode: "e1" }));

describe("the watch of open tickets", () => {
  it("asks nothing while nothing is broken, and thirty times an hour for a hundred tickets", async () => {
    const place = room();
    await hourOf(place, []);
    expect(place.tracker.calls).toBe(0);
    for (let n = 0; n < 100; n += 1) await ticketed(place, { id: `incident-${n}` });
    const { calls } = place.tracker;
    expect(await hourOf(place, watchedOf(place))).toEqual([]);
    expect(place.tracker.calls - calls).toBeLessThanOrEqual(60);
    expect(place.tracker.calls - calls).toBe(30);
  });

  it.each([
    [3 * hour, 30],
    [60_000, 60],
    [200, 3600],
  ])(
    "looks often enough to reopen what people close after %i ms, and at most once a second",
    async (closedByHandMs, looks) => {
      const place = room();
      await ticketed(place);
      const { calls } = place.tracker;
      await hourOf(place, watchedOf(place), { closedByHandMs });
      expect(place.tracker.calls - calls).toBe(looks);
    },
  );

  it("asks nothing in a process that does not have the lease, or while the tracker is away", async () => {
    const place = room();
    await ticketed(place);
    const { calls } = place.tracker;
    await hourOf(place, watchedOf(place), { mayLook: false });
    expect(place.tracker.calls).toBe(calls);
  });

  it("FR-J2: tells of a ticket that was closed or deleted, and not of one that will not be fixed", async () => {
    const place = room();
    for (let n = 0; n < 4; n += 1) await ticketed(place, { id: `incident-${n}` });
    place.tracker.people("1", { done: true });
    place.tracker.people("2", { done: true, wontFix: true });
    const watched = [...watchedOf(place), { incident: "i99", ticket: "99", episode: "e9" }];
    const told = await hourOf(place, watched);
    expect(new Set(told.map(({ ticket, as }) => `${ticket} ${as}`))).toEqual(
      new Set(["1 closed", "99 gone"]),
    );
  });

  it("goes on after a look that failed", async () => {
    const place = room();
    await ticketed(place);
    place.tracker.away = true;
    expect(await hourOf(place, watchedOf(place))).toEqual([]);
    place.tracker.away = false;
    place.tracker.people("1", { done: true });
    expect(await hourOf(place, watchedOf(place))).not.toEqual([]);
  });
});

describe("a look at many tickets in Jira", () => {
  it.each(["Cloud", "Server"] as const)(
    "costs one call for a hundred: 150 an hour for 1,000 (%s)",
    async (deployment) => {
      const sandbox = await startJiraSandbox({ deployment });
      onTestFinished(() => sandbox.stop());
      const jira = openExample(sandbox.url);
      const issue = { summary: "s", description: [], labels: ["driftwarden"], priority: undefined };
      const batch = Array.from({ length: 210 }, () => issue);
      for (let n = 0; n < batch.length; n += 30)
        await Promise.all(batch.slice(n, n + 30).map((one) => jira.create(one)));
      const look = createTicketLook(jira, "driftwarden");
      const ids = sandbox.issues().map(({ id }) => id);
      const before = sandbox.ledger.length;
      expect([...(await look(ids))]).toEqual([]);
      const asked = sandbox.ledger.slice(before).map(({ what }) => what);
      expect(asked.filter((what) => what === "searched")).toHaveLength(3);
      expect(asked.filter((what) => what !== "searched" && what !== "server_info_read")).toEqual(
        [],
      );
    },
  );
});
