import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { paragraph, words } from "../../src/messages/message.ts";
import {
  type JiraSandbox,
  type JiraSandboxOptions,
  startJiraSandbox,
} from "../../src/sandbox/jira/server.ts";
import { TrackerError } from "../../src/tickets/errors.ts";
import { type Jira, openJira } from "../../src/tickets/jira/jira.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { createTicketing, type Ticketing } from "../../src/tickets/ticketing.ts";
import { exampleIncident, exampleRun } from "../tickets/example-incident.ts";

interface Place {
  readonly sandbox: JiraSandbox;
  readonly jira: Jira;
  readonly ticketing: Ticketing;
  readonly registry: Registry;
}

interface Change extends JiraSandboxOptions {
  readonly token?: string;
  readonly project?: string;
  readonly deadlineMs?: number;
  readonly resolveTransition?: string;
}

async function place({
  token = "secret",
  project = "IR",
  deadlineMs = 10_000,
  resolveTransition = "Done",
  ...options
}: Change = {}): Promise<Place> {
  const users = [{ name: "bot", token: "secret" }];
  const sandbox = await startJiraSandbox({ users, ...options });
  onTestFinished(() => sandbox.stop());
  const registry = new Registry();
  const metrics = ticketsMetrics(registry);
  const logger = pino({ enabled: false });
  const jira = openJira({
    url: sandbox.url,
    user: "bot",
    token,
    project,
    issueType: "Bug",
    resolveTransition,
    reopenTransition: "Reopen",
    wontFixResolution: "Won't Do",
    deadlineMs,
    logger,
    metrics,
  });
  const ticketing = createTicketing({
    tracker: jira,
    clock: systemClock,
    logger,
    metrics,
    context: { priorities: { P0: "Highest", P1: "High", P2: "Low" } },
    lookUpMs: 0,
  });
  return { sandbox, jira, ticketing, registry };
}

/** As the outbox does: until it succeeds, saying when an earlier attempt may have taken effect. */
async function carriedOut<T>(act: (unknown: boolean) => Promise<T>): Promise<T> {
  for (let unknown = false, attempt = 1; ; attempt += 1) {
    try {
      return await act(unknown);
    } catch (error) {
      if (!(error instanceof TrackerError) || !error.retryable || attempt === 5) throw error;
      unknown ||= error.maybeApplied;
    }
  }
}

async function opened({ ticketing }: Place, incident: Incident): Promise<Incident> {
  const { ticket } = await carriedOut((unknown) => ticketing.open(incident, { unknown }));
  return { ...incident, ticket };
}

const count = (sandbox: JiraSandbox, what: string): number =>
  sandbox.ledger.filter((entry) => entry.what === what).length;

const faults = [
  { answer: "rate_limited" },
  { answer: "unavailable" },
  { answer: "drop" },
  { answer: "hang" },
  { answer: "unavailable", afterEffect: true },
  { answer: "drop", afterEffect: true },
  { answer: "hang", afterEffect: true },
] as const;

describe.each(["Cloud", "Server"] as const)("an incident's life in Jira (%s)", (deployment) => {
  it("is one ticket, its comment, its note, resolved, opened again and resolved", async () => {
    const here = await place({ deployment });
    const { sandbox, ticketing } = here;
    const incident = await opened(here, exampleIncident());
    const note = { about: "run", run: exampleRun() } as const;
    await ticketing.note(incident, { note, id: "n1" });
    await ticketing.note(incident, { note, id: "n1" });
    await ticketing.update({ ...incident, occurrences: 3 });
    await ticketing.resolve(incident);
    const episode = { ...incident.episode, id: "episode-2" };
    await opened(here, { ...incident, episode });
    expect(sandbox.issues()).toMatchObject([
      {
        summary: "[P1] churn-v7: credit_score lost its influence (31 % → 0.42 %)",
        priority: "High",
        status: { name: "To Do" },
        comments: [
          { body: expect.stringContaining("*restart-svc*") },
          { body: expect.stringContaining("3 times") },
        ],
      },
    ]);
    await ticketing.resolve(incident);
    expect(sandbox.issues()).toMatchObject([{ status: { name: "Done" }, resolution: "Done" }]);
    expect(count(sandbox, "issue_created")).toBe(1);
  });
});

describe("whatever happens to a request", () => {
  it.each(faults)(
    "one ticket is created: $answer, after its effect: $afterEffect",
    async (fault) => {
      const here = await place({ deadlineMs: 500 });
      here.sandbox.fault({ method: "POST", path: /\/issue$/, ...fault });
      const { ticket } = await opened(here, exampleIncident());
      expect(here.sandbox.issues()).toMatchObject([{ key: ticket?.key }]);
      expect(count(here.sandbox, "issue_created")).toBe(1);
    },
  );

  it.each(faults)(
    "a comment is written once: $answer, after its effect: $afterEffect",
    async (fault) => {
      const here = await place({ deadlineMs: 500 });
      const incident = await opened(here, exampleIncident());
      here.sandbox.fault({ method: "POST", path: /\/comment$/, ...fault });
      const note = { about: "run", run: exampleRun() } as const;
      await carriedOut(() => here.ticketing.note(incident, { note, id: "n1" }));
      expect(count(here.sandbox, "comment_added")).toBe(1);
    },
  );

  it.each(faults)(
    "a ticket is resolved once: $answer, after its effect: $afterEffect",
    async (fault) => {
      const here = await place({ deadlineMs: 500 });
      const incident = await opened(here, exampleIncident());
      here.sandbox.fault({ method: "POST", path: /\/transitions$/, ...fault });
      await carriedOut(() => here.ticketing.resolve(incident));
      expect(count(here.sandbox, "issue_resolved")).toBe(1);
      expect(here.sandbox.issues()[0]?.comments).toEqual([]);
    },
  );

  it("keeps a ticket whose reading back failed", async () => {
    const here = await place();
    here.sandbox.fault({ method: "GET", path: /\/issue\/\d+$/, answer: "drop" });
    expect((await opened(here, exampleIncident())).ticket?.key).toBe("IR-1");
  });
});

describe("bad settings of jira", () => {
  it.each([
    {
      what: "a wrong token",
      change: { token: "wrong" },
      code: "DW_TRACKER_UNAUTHORIZED",
      hint: /token/,
    },
    {
      what: "a project that is not there",
      change: { project: "NO" },
      code: "DW_JIRA_PROJECT_MISSING",
      hint: /jira\.project/,
    },
    {
      what: "a field that is missing",
      change: { requireFields: ["team"] },
      code: "DW_JIRA_FIELD_REQUIRED",
      hint: /jira\.fields/,
    },
  ])("$what: an error, a count, what to do, and no hasty retry", async ({ change, code, hint }) => {
    const here = await place(change);
    const { ticketing } = here;
    const opening = ticketing.open(exampleIncident(), { unknown: false });
    const error: unknown = await opening.catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code,
      maybeApplied: false,
      retryAfterMs: expect.toBeOneOf([undefined, 20_000]),
    });
    expect(error).toHaveProperty("hint", expect.stringMatching(hint));
    const metrics = await here.registry.metrics();
    expect(metrics).toContain(
      `driftwarden_tracker_requests_total{operation="create",outcome="${code}"} 1`,
    );
    expect(here.sandbox.issues()).toEqual([]);
  });

  it("are found by the probe, which tells what Jira is like where they are good", async () => {
    expect(await (await place({ deployment: "Cloud" })).jira.probe()).toEqual({
      deployment: "Cloud",
      account: "bot",
      project: "Project IR",
      priorities: ["Highest", "High", "Medium", "Low", "Lowest"],
    });
    const probe = (await place({ project: "NO" })).jira.probe();
    await expect(probe).rejects.toMatchObject({ code: "DW_JIRA_PROJECT_MISSING" });
  });
});

describe("what Jira does not have", () => {
  it("is a transition that leads there: those there are get named", async () => {
    const toReview = { id: "5", name: "Review", category: "indeterminate" } as const;
    const workflow = { "To Do": [{ id: "21", name: "Start Review", to: toReview }] };
    const here = await place({ workflow });
    const { ticket } = await opened(here, exampleIncident());
    await expect(here.jira.close(ticket?.id ?? "")).rejects.toMatchObject({
      code: "DW_TRACKER_CANNOT_MOVE",
      message: expect.stringContaining("Start Review (21)"),
    });
  });

  it("is an issue that people deleted", async () => {
    const here = await place();
    const incident = await opened(here, exampleIncident());
    const headers = { authorization: `Basic ${btoa("bot:secret")}` };
    await fetch(`${here.sandbox.url}/rest/api/2/issue/IR-1`, { method: "DELETE", headers });
    expect((await here.ticketing.update(incident)).change).toBe("gone");
  });

  it("is more than a page of comments at once: all pages are read", async () => {
    const here = await place();
    const { ticket } = await opened(here, exampleIncident());
    for (let i = 0; i < 105; i += 1) {
      await here.jira.addComment(ticket?.id ?? "", [[paragraph(words(`comment ${i}`))]]);
    }
    expect(await here.jira.comments(ticket?.id ?? "")).toHaveLength(105);
  });
});
