/** A ticket that people move to another project, where it has another key. */

import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { reduce } from "../../src/incidents/reduce/reduce.ts";
import { startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { createTicketing } from "../../src/tickets/ticketing.ts";
import { exampleIncident } from "./example-incident.ts";
import { openExample } from "./jira/open-example.ts";

const settings = {
  resolveAfterMs: 3_600_000,
  reopenDurationMs: 3_600_000,
  healthAfterMs: 3_600_000,
  fixesFor: () => [],
};

async function place(deployment: "Cloud" | "Server") {
  const sandbox = await startJiraSandbox({ deployment, projects: ["IR", "OPS"] });
  onTestFinished(() => sandbox.stop());
  const logged: unknown[] = [];
  const write = (line: string): void => void logged.push(JSON.parse(line));
  const ticketing = createTicketing({
    tracker: openExample(sandbox.url),
    clock: systemClock,
    logger: pino({ level: "info" }, { write }),
    metrics: ticketsMetrics(new Registry()),
    context: { priorities: { P0: "Highest", P1: "High", P2: "Low" } },
  });
  const { ticket } = await ticketing.open(exampleIncident(), { unknown: false });
  const move = (key: string): void => {
    const [issue] = sandbox.issues();
    if (issue !== undefined) Object.assign(issue, { key });
  };
  return { sandbox, ticketing, logged, move, incident: { ...exampleIncident(), ticket } };
}

describe.each(["Cloud", "Server"] as const)("a ticket that is moved (%s)", (deployment) => {
  it("is followed by its id, and its new key is recorded and told once", async () => {
    const { sandbox, ticketing, logged, move, incident } = await place(deployment);
    move("OPS-7");
    const { events } = await ticketing.update(incident);
    const url = `${sandbox.url}/browse/OPS-7`;
    const moved = { type: "ticket_moved", ticket: incident.ticket.id, key: "OPS-7", url } as const;
    expect(events[0]).toEqual(moved);
    const step = reduce(incident, moved, { nowMs: 1, nextNumber: 9, settings });
    expect(step?.incident.ticket).toEqual({ id: incident.ticket.id, key: "OPS-7", url });
    expect(step?.effects).toEqual([]);
    const known = step?.incident ?? incident;
    const later = await ticketing.update(known);
    expect(later.events.filter(({ type }) => type === "ticket_moved")).toEqual([]);
    const told = logged.filter((line) => JSON.stringify(line).includes("ticket moved"));
    expect(told).toMatchObject([{ former: "IR-1", ticket: "OPS-7" }]);
  });

  it("to where it cannot be read goes on in a new ticket, which does not call it deleted", async () => {
    const { sandbox, ticketing, move, incident } = await place(deployment);
    const [hidden] = sandbox.issues();
    move("OPS-7");
    if (hidden !== undefined) Object.assign(hidden, { id: "99999" });
    const { events } = await ticketing.ensure(incident);
    expect(events).toMatchObject([{ type: "ticket_opened", ticket: { key: "IR-2" } }]);
    const [, next] = sandbox.issues();
    expect(next?.description).toContain("moved to where Driftwarden may not look");
  });

  it("of which an event is late changes no other ticket", () => {
    const ticket = { id: "10002", key: "IR-2", url: "http://jira/browse/IR-2" };
    const event = { type: "ticket_moved", ticket: "10001", key: "OPS-7", url: "x" } as const;
    const step = reduce({ ...exampleIncident(), ticket }, event, {
      nowMs: 1,
      nextNumber: 9,
      settings,
    });
    expect(step?.incident.ticket ?? ticket).toEqual(ticket);
  });
});
