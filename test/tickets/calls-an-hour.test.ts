/** All that asks Jira by itself, for an hour of simulated time on a Jira of memory: what it costs beside what is said. */
import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { surveyJira } from "../../src/tickets/jira/survey.ts";
import { createTicketLook } from "../../src/tickets/looking.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { watchTickets } from "../../src/tickets/watch.ts";
import { type DoorPlace, doorPlace } from "./door-place.ts";
import { openExample, token } from "./jira/open-example.ts";

const hourMs = 3_600_000;
/** The probe asks every three minutes; every twentieth time it looks at everything. */
const probes = 20;

/** Comments and acts of people are looked for every 10 s. */
async function hourOfDoor({ door, clock }: DoorPlace): Promise<void> {
  for (let second = 0; second < 3600; second += 10) {
    await clock.advance(10_000);
    await door.look();
  }
}

async function hourOfWatch({ sandbox, store, clock }: DoorPlace): Promise<void> {
  const over = new AbortController();
  const untilMs = clock.now() + hourMs;
  const sleep = async (ms: number): Promise<void> => {
    await clock.advance(ms);
    if (clock.now() >= untilMs) over.abort();
  };
  const watched = store.tickets.map(({ ticket, incident }) => ({
    incident: `incident-${incident}`,
    ticket,
    episode: "e1",
  }));
  await watchTickets(
    {
      look: createTicketLook(openExample(sandbox.url), "driftwarden"),
      watched: async () => watched,
      record: async () => undefined,
      mayLook: async () => true,
      clock: { ...clock, sleep },
      closedByHandMs: 4 * hourMs,
      logger: pino({ enabled: false }),
    },
    over.signal,
  );
}

async function hourOfProbes({ sandbox: { url } }: DoorPlace): Promise<void> {
  const jira = openExample(url);
  for (let n = 1; n < probes; n += 1) await jira.ping();
  const metrics = ticketsMetrics(new Registry());
  const findings = await surveyJira({
    url,
    user: "bot",
    token,
    project: "IR",
    issueType: "Bug",
    priorities: ["Highest", "High", "Medium"],
    resolveTransition: "Done",
    reopenTransition: "Reopen",
    deadlineMs: 60_000,
    logger: pino({ enabled: false }),
    metrics,
  });
  expect(findings.filter(({ ok }) => !ok)).toEqual([]);
}

/** @returns the calls of an hour; those that a new process needs once came before */
async function callsAnHour(place: DoorPlace): Promise<number> {
  await place.door.look();
  const before = place.sandbox.ledger.length;
  await hourOfDoor(place);
  await hourOfWatch(place);
  await hourOfProbes(place);
  return place.sandbox.ledger.length - before;
}

const deployments = [{ deployment: "Cloud" }, { deployment: "Server" }] as const;

describe("calls to Jira in an hour, beside what is said", () => {
  it.each(deployments)("are at most 60 while nothing is open: $deployment", async (options) => {
    await using place = await doorPlace({ ...options, tickets: 0 });
    const calls = await callsAnHour(place);
    expect(calls).toBeLessThanOrEqual(60);
    expect(calls).toBeGreaterThanOrEqual(probes);
  });

  it("are at most 600 at 1,000 open incidents, as new as they may be", async () => {
    await using place = await doorPlace({ tickets: 1000 });
    const { clock, store } = place;
    await clock.advance(2 * hourMs);
    const changedAtMs = clock.now() + hourMs;
    store.tickets = store.tickets.map((one) => ({ ...one, changedAtMs }));
    // A process that starts now has nothing new to read.
    const calls = await callsAnHour({ ...place, door: place.another() });
    expect(calls).toBeLessThanOrEqual(600);
    expect(calls).toBeGreaterThanOrEqual(360);
  });
});
