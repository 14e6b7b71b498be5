import { pino } from "pino";
import { Registry } from "prom-client";
import { expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../src/clock.ts";
import { startJiraSandbox } from "../../../src/sandbox/jira/server.ts";
import { ticketsMetrics } from "../../../src/tickets/metrics.ts";
import { createTicketing } from "../../../src/tickets/ticketing.ts";
import { exampleIncident, exampleRun } from "../../tickets/example-incident.ts";
import { openExample } from "../../tickets/jira/open-example.ts";

async function place() {
  const sandbox = await startJiraSandbox();
  onTestFinished(() => sandbox.stop());
  const ticketing = createTicketing({
    tracker: openExample(sandbox.url),
    clock: systemClock,
    logger: pino({ enabled: false }),
    metrics: ticketsMetrics(new Registry()),
    context: { priorities: { P0: "Highest", P1: "High", P2: undefined } },
  });
  const { ticket } = await ticketing.open(exampleIncident(), { unknown: false });
  return { sandbox, ticketing, incident: { ...exampleIncident(), ticket } };
}

it("the sandbox counts a mail for a new ticket, a comment and a move, and none for the edit of a comment", async () => {
  const { sandbox, ticketing, incident } = await place();
  const { key } = incident.ticket;
  expect(sandbox.mails(key)).toBe(1);
  await ticketing.repeat({ ...incident, occurrences: 2 });
  expect(sandbox.mails(key)).toBe(2);
  await ticketing.repeat({ ...incident, occurrences: 3 });
  await ticketing.repeat({ ...incident, occurrences: 4 });
  expect(sandbox.mails(key)).toBe(2);
  await ticketing.resolve(incident);
  expect(sandbox.mails(key)).toBe(3);
});

it("the sandbox counts five mails for an incident with a run that helped", async () => {
  const { sandbox, ticketing, incident } = await place();
  const run = exampleRun({ outcome: "recovered" });
  await ticketing.note(incident, { note: { about: "run", run: exampleRun() }, id: "1" });
  const verified = { about: "verified", run, detail: "4 clean" } as const;
  await ticketing.note(incident, { note: verified, id: "2" });
  const closed = { about: "closed", cause: "recovered", atMs: 0 } as const;
  await ticketing.note(incident, { note: closed, id: "3" });
  await ticketing.resolve(incident);
  expect(sandbox.mails(incident.ticket.key)).toBe(5);
});
