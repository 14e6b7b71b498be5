/** What the outbox's effects make of tickets, and what it hears of it. */
import { describe, expect, it } from "vitest";
import { addToDigest, type Digest, entryOf } from "../../src/incidents/digest.ts";
import type { TicketEffect } from "../../src/incidents/effect.ts";
import { standingOf } from "../../src/incidents/episode.ts";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import type { Attempt, Handled } from "../../src/outbox/executor.ts";
import { ticketExecutor } from "../../src/tickets/executor.ts";
import type { Ticketing } from "../../src/tickets/ticketing.ts";
import { goodPermit } from "../fakes/permit.ts";
import { exampleIncident, exampleRun } from "./example-incident.ts";
import { room } from "./room.ts";

const settings = { resolveAfterMs: 60_000 };
const first: Attempt = { id: "x", attempt: 1, unknown: false, mayAct: goodPermit };
const again: Attempt = { ...first, attempt: 2, unknown: true };

type Kind = TicketEffect["kind"];
type Outcome = Promise<Handled<IncidentEvent>>;

interface Desk {
  readonly handlers: ReturnType<typeof ticketExecutor>["handlers"];
  readonly open: (about: Incident | Digest, attempt?: Attempt) => Outcome;
}

function desk(ticketing?: Ticketing, restoredAtMs?: number): Desk {
  const { handlers } = ticketExecutor({ ticketing, restoredAtMs: () => restoredAtMs });
  return {
    handlers,
    open: (about: Incident | Digest, attempt = first): Outcome =>
      handlers["ticket.open"]({ kind: "ticket.open" }, about, attempt),
  };
}

const uncontacted = { events: [], contacted: false };

describe("a ticket that is to be opened", () => {
  it("is opened, and the incident hears of it once", async () => {
    const { ticketing, tracker } = room();
    const events = await desk(ticketing).open(exampleIncident());
    expect(events).toMatchObject([{ type: "ticket_opened", ticket: { key: "IR-1" } }]);
    expect(tracker.issues).toHaveLength(1);
  });

  it("is the one that the incident has: it hears of that one again", async () => {
    const { ticketing, tracker } = room();
    const { ticket } = await ticketing.open(exampleIncident(), first);
    const events = await desk(ticketing).open(exampleIncident({}, { ticket }));
    expect(events).toMatchObject([{ type: "ticket_opened", ticket }]);
    expect(tracker.issues).toHaveLength(1);
  });

  it.each([
    ["the digest tells of it", exampleIncident({}, { inDigest: true })],
    ["it is a part of another incident", exampleIncident({}, { partOf: "inc-other" })],
    ["a silence keeps it back", exampleIncident({}, { heldBack: true })],
  ])("is not when %s, unless one may exist already", async (_why, incident) => {
    const { ticketing, tracker } = room();
    expect(await desk(ticketing).open(incident)).toEqual(uncontacted);
    expect(tracker.issues).toEqual([]);
    await ticketing.open(exampleIncident(), first);
    expect(await desk(ticketing).open(incident, again)).toMatchObject([{ type: "ticket_opened" }]);
    expect(tracker.issues).toHaveLength(1);
  });

  it("is the digest's own, which nothing else tells of", async () => {
    const { ticketing, tracker } = room();
    const moment = { nowMs: 1, nextNumber: 2, settings };
    const { digest } = addToDigest(undefined, entryOf(exampleIncident(), 1), moment);
    expect(await desk(ticketing).open(digest)).toMatchObject([{ type: "ticket_opened" }]);
    expect(tracker.issues).toHaveLength(1);
  });
});

describe("after the store was restored from a backup", () => {
  const newestMs = standingOf(exampleIncident().episode).newestRowMs;

  it("a ticket is looked for where the backup may have forgotten it, and nowhere else", async () => {
    const { ticketing, tracker } = room();
    await ticketing.open(exampleIncident(), first);
    const forgotten = desk(ticketing, newestMs + 1);
    expect(await forgotten.open(exampleIncident())).toMatchObject([{ type: "ticket_opened" }]);
    expect(tracker.issues).toHaveLength(1);
    await desk(ticketing, newestMs).open(exampleIncident());
    expect(tracker.issues).toHaveLength(2);
  });
});

describe("without a tracker", () => {
  const note = { about: "run", run: exampleRun() } as const;
  const former = { id: "1", key: "IR-1", url: "http://jira/IR-1" };
  const { handlers } = desk();
  const incident = exampleIncident();

  it.each<[Kind, () => Outcome]>([
    ["ticket.ensure", () => handlers["ticket.ensure"]({ kind: "ticket.ensure" }, incident, first)],
    ["ticket.update", () => handlers["ticket.update"]({ kind: "ticket.update" }, incident, first)],
    [
      "ticket.link",
      () => handlers["ticket.link"]({ kind: "ticket.link", former }, incident, first),
    ],
    ["ticket.repeat", () => handlers["ticket.repeat"]({ kind: "ticket.repeat" }, incident, first)],
    [
      "ticket.comment",
      () => handlers["ticket.comment"]({ kind: "ticket.comment", note }, incident, first),
    ],
    [
      "ticket.resolve",
      () => handlers["ticket.resolve"]({ kind: "ticket.resolve" }, incident, first),
    ],
  ])("%s is done at once, and nothing is heard of it", async (_kind, handle) => {
    expect(await handle()).toEqual([]);
  });

  it("ticket.open says that nobody was asked", async () => {
    expect(await desk().open(incident)).toEqual(uncontacted);
  });
});
