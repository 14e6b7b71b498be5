/**
 * The life of a ticket at both flavours of Jira, and at ones that are odd on purpose: opened, told, brought up to date,
 * closed, opened again, closed (rows T of ACCEPTANCE). There is one ticket, and no comment twice.
 */
import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../src/clock.ts";
import type { Incident } from "../../../src/incidents/incident.ts";
import {
  type JiraSandbox,
  type JiraSandboxOptions,
  startJiraSandbox,
} from "../../../src/sandbox/jira/server.ts";
import type { IssueTransition, Status } from "../../../src/sandbox/jira/workflow.ts";
import { TrackerError } from "../../../src/tickets/errors.ts";
import type { JiraOptions } from "../../../src/tickets/jira/jira.ts";
import { ticketsMetrics } from "../../../src/tickets/metrics.ts";
import { createTicketing, type Ticketing } from "../../../src/tickets/ticketing.ts";
import { exampleIncident, exampleRun } from "../example-incident.ts";
import {
  busyOnce,
  commitsLater,
  lastParameterOnly,
  type Oddity,
  oddJira,
  otherEnvelope,
  withoutServerInfo,
} from "./odd-jira.ts";
import { openExample } from "./open-example.ts";

interface Place {
  readonly sandbox: JiraSandbox;
  readonly ticketing: Ticketing;
}

interface Case {
  readonly site?: JiraSandboxOptions;
  /** Made anew for each test: an oddity remembers. */
  readonly odd?: () => Oddity;
  readonly configured?: Partial<JiraOptions>;
}

async function place(
  deployment: "Cloud" | "Server",
  { site, odd = () => ({}), configured }: Case = {},
): Promise<Place> {
  const users = [{ name: "bot", token: "ATATT-very-secret-token-0123456789" }];
  const sandbox = await startJiraSandbox({ deployment, users, ...site });
  const jira = await oddJira(sandbox.url, odd());
  onTestFinished(async () => {
    await jira[Symbol.asyncDispose]();
    await sandbox.stop();
  });
  const ticketing = createTicketing({
    tracker: openExample(jira.url, configured),
    clock: systemClock,
    logger: pino({ enabled: false }),
    metrics: ticketsMetrics(new Registry()),
    context: { priorities: { P0: "Highest", P1: "High", P2: "Low" } },
    lookUpMs: 0,
    makePicture: async () => ({ png: Buffer.from("picture"), lines: [] }),
  });
  return { sandbox, ticketing };
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

const note = { about: "run", run: exampleRun() } as const;

async function opened({ ticketing }: Place, incident: Incident): Promise<Incident> {
  // As after a crash: it is looked for first.
  const look = incident.ticket === undefined;
  const { ticket } = await carriedOut((unknown) =>
    ticketing.open(incident, { unknown: unknown || look }),
  );
  return { ...incident, ticket };
}

/** @param between called when the ticket is open and was told a first time */
async function life(
  here: Place,
  between: (here: Place) => unknown = () => undefined,
): Promise<void> {
  const { ticketing, sandbox } = here;
  const incident = await opened(here, exampleIncident());
  await carriedOut((unknown) => ticketing.note(incident, { note, id: "n1" }, { unknown }));
  await carriedOut(async (unknown) => ticketing.picture?.(incident, { unknown }, "episode-1"));
  await between(here);
  await carriedOut((unknown) => ticketing.note(incident, { note, id: "n1" }, { unknown }));
  const rise = { from: "P2", to: "P1" } as const;
  const worse = { ...incident, occurrences: 3 };
  await carriedOut((unknown) => ticketing.update(worse, { rise, attempt: { unknown } }));
  await carriedOut((unknown) => ticketing.resolve({ ...incident, state: "resolved" }, { unknown }));
  expect(sandbox.issues()).toMatchObject([{ status: { category: "done" } }]);
  const episode = { ...incident.episode, id: "episode-2" };
  await opened(here, { ...incident, episode });
  expect(sandbox.issues()[0]?.status.category).not.toBe("done");
  await carriedOut((unknown) => ticketing.resolve({ ...incident, state: "resolved" }, { unknown }));
}

/** One ticket that is closed, and every comment once. */
function expectWhole({ sandbox }: Place): void {
  const [issue, ...others] = sandbox.issues();
  expect(others).toEqual([]);
  expect(issue).toMatchObject({ status: { category: "done" } });
  expect(sandbox.ledger.filter(({ what }) => what === "issue_created")).toHaveLength(1);
  const said = (issue?.comments ?? []).map(({ body }) => body);
  expect(said.filter((body) => body.includes("*restart-svc*"))).toHaveLength(1);
  expect(new Set(said).size).toBe(said.length);
  expect(issue?.attachments.map(({ type }) => type)).toEqual(["image/png"]);
}

const open: Status = { id: "1", name: "Offen", category: "new" };
const over: Status = { id: "3", name: "Erledigt", category: "done" };
const start: Status = { id: "10000", name: "To Do", category: "new" };
const move = (id: string, name: string, to: Status): IssueTransition => ({ id, name, to });
const german = {
  "To Do": [move("31", "Erledigen", over)],
  Offen: [move("31", "Erledigen", over)],
  Erledigt: [move("41", "Erneut öffnen", open)],
};
const names = {
  Done: "Fertig",
  Reopen: "Wieder öffnen",
  "To Do": "Zu tun",
  "In Progress": "In Arbeit",
  "Start Progress": "Beginnen",
};
const demanding = {
  "To Do": [{ ...move("31", "Done", over), requires: ["resolution"] }],
  Erledigt: [move("41", "Reopen", start)],
};

const noLabels = { offScreen: ["labels"], textFields: { customfield_10077: "Incident key" } };
const keyInField = { keyField: "customfield_10077" };
const keyInProperty = { keyField: "property" };

const cases: Readonly<Record<string, Case>> = {
  "as it should be": {},
  "without serverInfo": { odd: () => withoutServerInfo },
  "that reads the last parameter of a name only": { odd: () => lastParameterOnly },
  "whose refusals are in another envelope, and name no field": {
    odd: () => otherEnvelope,
    site: { offScreen: ["priority"] },
  },
  "that takes labels, and no other field of choice": {
    site: { offScreen: ["priority", "components", "assignee"] },
  },
  "that takes no labels": { site: { offScreen: ["labels"] } },
  "that takes no labels, and has a text field": { site: noLabels, configured: keyInField },
  "that takes no labels, and has a text field that is configured by its name": {
    site: noLabels,
    configured: { keyField: "incident KEY" },
  },
  "that takes no labels, and keeps properties": {
    site: { offScreen: ["labels"] },
    configured: keyInProperty,
  },
  "that takes no labels, has a text field, and names no field in its refusals": {
    odd: () => otherEnvelope,
    site: { ...noLabels, offScreen: ["labels", "priority"] },
    configured: keyInField,
  },
  "whose text field of the configuration is not there": { configured: { keyField: "Nothing" } },
  "that commits after it has answered": { odd: commitsLater },
  "whose workflow has other names": { site: { workflow: german } },
  "that is translated whoever asks": { site: { translation: { names, always: true } } },
  "whose transitions are configured by id": {
    site: { translation: { names, always: true } },
    configured: { resolveTransition: "31", reopenTransition: "41" },
  },
  "whose closing transition demands a field that is configured": {
    site: { workflow: demanding },
    configured: { resolveFields: { resolution: { name: "Fixed" } } },
  },
  "that is busy with another change of the ticket (409) when it is closed": {
    odd: () => busyOnce("POST", /\/transitions$/),
  },
  "that is busy (409) when it is commented on": { odd: () => busyOnce("POST", /\/comment$/) },
  "that is busy (409) when it is edited": { odd: () => busyOnce("PUT", /^\/issue\/\d+\?/) },
};

describe.each(["Cloud", "Server"] as const)(
  "T: the life of a ticket at a Jira (%s)",
  (deployment) => {
    it.each(Object.entries(cases))(
      "%s is one ticket, and no comment twice",
      async (_what, oddity) => {
        const here = await place(deployment, oddity);
        await life(here);
        expectWhole(here);
        expect(here.sandbox.issues()).toHaveLength(1);
      },
    );

    it("goes on when the ticket is moved, so that its key changes", async () => {
      const here = await place(deployment, { site: { projects: ["IR", "OPS"] } });
      await life(here, ({ sandbox }) => {
        const [issue] = sandbox.issues();
        if (issue !== undefined) Object.assign(issue, { key: "OPS-7" });
      });
      expectWhole(here);
      expect(here.sandbox.issues()[0]?.key).toBe("OPS-7");
    });

    it("goes on in a ticket that says so when people delete it", async () => {
      const here = await place(deployment);
      const incident = await opened(here, exampleIncident());
      const headers = { authorization: `Basic ${btoa("bot:ATATT-very-secret-token-0123456789")}` };
      await fetch(`${here.sandbox.url}/rest/api/2/issue/IR-1`, { method: "DELETE", headers });
      expect(await here.ticketing.resolve(incident)).toBe("gone");
      const { events } = await here.ticketing.ensure(incident);
      expect(events).toMatchObject([{ type: "ticket_opened", ticket: { key: "IR-2" } }]);
      expect(here.sandbox.issues()).toMatchObject([
        { key: "IR-2", description: expect.stringContaining("IR-1") },
      ]);
    });

    it.each([
      ["EDIT_ISSUES", "is told by comments", true],
      ["TRANSITION_ISSUES", "asks people once to close it", false],
    ])("while %s is taken away, the ticket %s", async (permission, _how, closes) => {
      const withoutPermissions: string[] = [];
      const here = await place(deployment, { site: { withoutPermissions } });
      const incident = await opened(here, exampleIncident());
      withoutPermissions.push(permission);
      const rise = { from: "P2", to: "P1" } as const;
      await here.ticketing.update({ ...incident, occurrences: 3 }, { rise });
      for (let n = 0; n < 2; n += 1)
        await here.ticketing.resolve({ ...incident, state: "resolved" });
      const [issue] = here.sandbox.issues();
      expect(issue?.status.category === "done").toBe(closes);
      const said = (issue?.comments ?? []).map(({ body }) => body);
      expect(new Set(said).size).toBe(said.length);
      expect(said.filter((body) => /close/i.test(body))).toHaveLength(closes ? 0 : 1);
    });

    it("a comment waits while ADD_COMMENTS is taken away, and is written once when it is given back", async () => {
      const withoutPermissions: string[] = [];
      const here = await place(deployment, { site: { withoutPermissions } });
      const incident = await opened(here, exampleIncident());
      withoutPermissions.push("ADD_COMMENTS");
      const write = () => here.ticketing.note(incident, { note, id: "n1" });
      const refused: unknown = await write().catch((reason: unknown) => reason);
      expect(refused).toMatchObject({ maybeApplied: false, unavailable: false });
      withoutPermissions.pop();
      await write();
      await write();
      expect(here.sandbox.issues()[0]?.comments).toHaveLength(1);
    });
  },
);

describe.each(["Cloud", "Server"] as const)(
  "T: the life of a ticket at a Jira (%s) of which one answer is lost",
  (deployment) => {
    it.each<[string, Case]>([
      ["with labels", {}],
      ["with its key in a text field", { site: noLabels, configured: keyInField }],
      ["with its key in a property", { site: noLabels, configured: keyInProperty }],
    ])("whichever it is, %s, is one ticket, one picture, and no comment twice", async (_, kept) => {
      const whole = await place(deployment, kept);
      await life(whole);
      const requests = whole.sandbox.ledger.length;
      expect(requests).toBeGreaterThan(30);
      for (let after = 0; after < requests; after += 1) {
        const here = await place(deployment, kept);
        let isMet = false;
        const onMet = () => {
          isMet = true;
        };
        here.sandbox.fault({ answer: "drop", afterEffect: true, after, onMet });
        await life(here);
        expectWhole(here);
        expect({ after, isMet }).toEqual({ after, isMet: true });
      }
    });
  },
);
