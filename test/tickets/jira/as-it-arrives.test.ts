import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../src/clock.ts";
import { type JiraSandbox, startJiraSandbox } from "../../../src/sandbox/jira/server.ts";
import { ticketsMetrics } from "../../../src/tickets/metrics.ts";
import { createTicketing } from "../../../src/tickets/ticketing.ts";
import { type Example, examples } from "../examples.ts";
import { openExample } from "./open-example.ts";

const file = join(import.meta.dirname, "as-it-arrives.json");

/** Says everything there is to say about an example; returns the ticket as the sandbox holds it. */
async function told({ about, notes }: Example, sandbox: JiraSandbox, linked: boolean) {
  const links = { runbookUrl: "https://wiki/a b|c]{d}", dashboardUrl: "https://grafana.example/d" };
  const ticketing = createTicketing({
    tracker: openExample(sandbox.url),
    clock: systemClock,
    logger: pino({ enabled: false }),
    metrics: ticketsMetrics(new Registry()),
    context: { priorities: { P0: "Highest", P1: "High", P2: undefined }, ...(linked && links) },
  });
  const { ticket } = await ticketing.open(about, { unknown: false });
  // Nobody remembers what was written, so a note says what the description may not say.
  const known = { ...about, ticket };
  for (const [n, note] of notes.entries()) await ticketing.note(known, { note, id: `note-${n}` });
  await ticketing.update(known);
  await ticketing.open(known, { unknown: false });
  await ticketing.resolve({ ...known, state: "resolved" });
  const issue = sandbox.issues().find(({ id }) => id === ticket.id);
  const { summary, description, labels, comments = [] } = issue ?? {};
  return { summary, description, labels, comments: comments.map(({ body }) => body) };
}

describe("what arrives at Jira", () => {
  const written: unknown = JSON.parse(readFileSync(file, "utf8"));

  it.each(examples())("is, of $name, what it always was, byte for byte", async (example) => {
    // Nothing leads anywhere, so it also says what people are asked to do.
    const sandbox = await startJiraSandbox({ workflow: {} });
    onTestFinished(() => sandbox.stop());
    const ticket = await told(example, sandbox, example.name.length % 2 === 0);
    expect(ticket).toEqual(Reflect.get(Object(written), example.name));
  });
});
