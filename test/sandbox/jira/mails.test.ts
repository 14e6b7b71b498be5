import { pino } from "pino";
import { Registry } from "prom-client";
import { expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../src/clock.ts";
import { startJiraSandbox } from "../../../src/sandbox/jira/server.ts";
import { ticketsMetrics } from "../../../src/tickets/metrics.ts";
import { createTicketing } from "../../../src/tickets/ticketing.ts";
import { exampleIncident, exampleRun } from "../../tickets/example-incident.ts";
import { openExample } from "../../tickets/jira/open-example.ts";
import { remembering } from "../../tickets/room.ts";

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
  const opened = await ticketing.open(exampleIncident(), { unknown: false });
  const incident = remembering(exampleIncident(), opened, systemClock.now());
  return { sandbox, ticketing, incident: { ...incident, ticket: opened.ticket } };
}

it("the sandbox counts a mail for a new ticket, a comment and a move, and none for quiet edits", async () => {
  const { sandbox, ticketing, incident } = await place();
  const { key } = incident.ticket;
  expect(sandbox.mails(key)).toBe(1);
  await ticketing.update({ ...incident, occurrences: 4 });
  expect(sandbox.issues()[0]?.description).toContain("4 times");
  expect(sandbox.mails(key)).toBe(1);
  const verified = { about: "verified", run: exampleRun(), detail: "4 clean" } as const;
  await ticketing.note(incident, { note: verified, id: "1" });
  expect(sandbox.mails(key)).toBe(2);
  await ticketing.resolve(incident);
  expect(sandbox.mails(key)).toBe(3);
});
