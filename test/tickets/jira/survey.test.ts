import type { IncomingMessage, ServerResponse } from "node:http";
import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { type JiraSandboxOptions, startJiraSandbox } from "../../../src/sandbox/jira/server.ts";
import { type JiraSurvey, surveyJira } from "../../../src/tickets/jira/survey.ts";
import { ticketsMetrics } from "../../../src/tickets/metrics.ts";
import { hostileServer } from "./hostile-server.ts";
import { json, token } from "./open-example.ts";

const survey = (url: string, change: Partial<JiraSurvey> = {}): JiraSurvey => ({
  url,
  user: "bot",
  token,
  project: "IR",
  issueType: "Bug",
  priorities: ["Highest", "High", "Medium"],
  resolveTransition: "Done",
  reopenTransition: "Reopen",
  deadlineMs: 20_000,
  logger: pino({ enabled: false }),
  metrics: ticketsMetrics(new Registry()),
  ...change,
});

interface Place {
  readonly sandbox?: JiraSandboxOptions;
  readonly change?: Partial<JiraSurvey>;
}

async function jira({ sandbox = {}, change = {} }: Place) {
  const users = [{ name: "bot", token }];
  const started = await startJiraSandbox({ users, ...sandbox });
  onTestFinished(() => started.stop());
  return { started, found: () => surveyJira(survey(started.url, change)) };
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

async function badJira(answer: Answer, change: Partial<JiraSurvey> = {}) {
  const server = await hostileServer(answer);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return surveyJira(survey(server.url, change));
}

const page: Answer = (response) =>
  void response.writeHead(200, { "content-type": "text/html" }).end("<h1>Log in</h1>");

describe("a wrong Jira is told with its own cause (FR-C1)", () => {
  it.each<[string, Answer, string, string]>([
    ["a login page", page, "DW_TRACKER_PROTOCOL", "single sign-on"],
    [
      "a redirect",
      (response) => void response.writeHead(302, { location: "https://sso.example/x" }).end(),
      "DW_TRACKER_PROTOCOL",
      "the address Jira really has",
    ],
    ["an outage", json(503, {}), "DW_TRACKER_UNAVAILABLE", "is ill"],
    ["too many requests", json(429, {}), "DW_TRACKER_RATE_LIMITED", "limits the rate"],
    ["a refused login", json(401, {}), "DW_TRACKER_UNAUTHORIZED", "tokens expire"],
    [
      "a CAPTCHA",
      json(403, {}, { "x-seraph-loginreason": "AUTHENTICATION_DENIED" }),
      "DW_TRACKER_UNAUTHORIZED",
      "CAPTCHA",
    ],
    ["a forbidden API", json(403, {}), "DW_TRACKER_FORBIDDEN", "permissions"],
    ["no answer", () => undefined, "DW_TRACKER_TIMEOUT", "slow"],
    ["another program", json(404, {}), "DW_TRACKER_REFUSED", "Jira's words"],
  ])("%s", async (_name, answer, ...[code, hint]) => {
    // Only the one that never comes is waited for.
    const deadlineMs = code === "DW_TRACKER_TIMEOUT" ? 200 : 20_000;
    const found = await badJira(answer, { deadlineMs });
    expect(found).toMatchObject([{ ok: false, code, hint: expect.stringContaining(hint) }]);
  });

  it("a closed port", async () => {
    const found = await surveyJira(survey("http://127.0.0.1:1"));
    expect(found).toMatchObject([{ ok: false, code: "DW_TRACKER_UNREACHABLE", key: "jira.url" }]);
  });

  it.each<[string, Place, string, string]>([
    ["a wrong token", { change: { token: "another-token" } }, "DW_TRACKER_UNAUTHORIZED", "token"],
    ["an unknown user", { change: { user: "nobody" } }, "DW_TRACKER_UNAUTHORIZED", "jira.user"],
    [
      "an unknown project",
      { change: { project: "NO" } },
      "DW_JIRA_PROJECT_MISSING",
      "jira.project",
    ],
    ["a project that is no key", { change: { project: "I R" } }, "DW_JIRA_BAD_KEY", "project key"],
    [
      "an unknown issue type",
      { change: { issueType: "Incidnet" } },
      "DW_JIRA_ISSUE_TYPE_MISSING",
      "Bug, Incident, Task, Story",
    ],
    [
      "a missing right",
      { sandbox: { withoutPermissions: ["CREATE_ISSUES"] } },
      "DW_JIRA_PERMISSION_MISSING",
      "Create Issues",
    ],
    [
      "an unknown priority",
      { change: { priorities: ["Urgent"] } },
      "DW_JIRA_PRIORITY_MISSING",
      "Highest, High",
    ],
    [
      "a demanded field",
      { sandbox: { requireFields: ["customfield_10010"] } },
      "DW_JIRA_FIELD_REQUIRED",
      "jira.fields: {customfield_10010: VALUE}",
    ],
    [
      "a field of ours that is not on the screen",
      { change: { fields: { customfield_1: "x" } } },
      "DW_JIRA_FIELD_NOT_ON_SCREEN",
      "jira.fields",
    ],
    [
      "labels that cannot be set",
      { sandbox: { offScreen: ["labels"] } },
      "DW_TRACKER_LABEL_NOT_STORED",
      "Write key_field: property under jira:",
    ],
    [
      "labels that cannot be set where there is a text field",
      { sandbox: { offScreen: ["labels"], textFields: { customfield_10077: "Driftwarden key" } } },
      "DW_TRACKER_LABEL_NOT_STORED",
      "Write key_field: customfield_10077 # Driftwarden key under jira:",
    ],
    [
      "a key field that is not on the screen",
      { sandbox: { offScreen: ["labels"] }, change: { keyField: "Driftwarden key" } },
      "DW_JIRA_FIELD_NOT_ON_SCREEN",
      "Write key_field: property under jira:",
    ],
    [
      "a key field that is no text field, where labels can be set",
      { change: { keyField: "description" } },
      "DW_JIRA_FIELD_NOT_ON_SCREEN",
      "Take key_field out",
    ],
  ])("%s", async (_name, place, ...[code, hint]) => {
    const { found } = await jira(place);
    const wrong = (await found()).filter(({ ok }) => !ok);
    expect(wrong).toMatchObject([{ code, hint: expect.stringContaining(hint) }]);
  });
});

describe("a Jira with which tickets can live", () => {
  it.each(["customfield_10077", "driftwarden KEY", "property"])(
    "is right without Labels where key_field is %s",
    async (keyField) => {
      const textFields = { customfield_10077: "Driftwarden key" };
      for (const deployment of ["Cloud", "Server"] as const) {
        const sandbox = { deployment, textFields, offScreen: ["labels"] };
        const { found } = await jira({ sandbox, change: { keyField } });
        expect((await found()).filter(({ ok, doubtful }) => !ok || doubtful)).toEqual([]);
      }
    },
  );

  it("is right, on Cloud and on Data Center, and nothing is written", async () => {
    for (const deployment of ["Cloud", "Server"] as const) {
      const { started, found } = await jira({ sandbox: { deployment } });
      expect((await found()).map(({ ok, doubtful, check }) => ({ ok, doubtful, check }))).toEqual([
        { ok: true, doubtful: false, check: "login" },
        { ok: true, doubtful: false, check: "fields" },
        { ok: true, doubtful: false, check: "transitions" },
      ]);
      expect(started.issues()).toEqual([]);
    }
  });

  it("is doubtful when the priority is not on the screen (FR-J1)", async () => {
    const { found } = await jira({ sandbox: { offScreen: ["priority"] } });
    const doubts = (await found()).filter(({ doubtful }) => doubtful);
    expect(doubts).toMatchObject([{ check: "priority", ok: true }]);
  });

  it("is doubtful where pictures cannot be attached, and right where none are wanted", async () => {
    const sandbox = { withoutPermissions: ["CREATE_ATTACHMENTS"] };
    const found = await (await jira({ sandbox, change: { pictures: true } })).found();
    expect(found.slice(0, 2)).toMatchObject([
      { check: "login", ok: true, doubtful: false },
      { check: "rights", ok: true, doubtful: true, key: "jira.pictures" },
    ]);
    const unwanted = await (await jira({ sandbox, change: { pictures: false } })).found();
    expect(unwanted.filter(({ doubtful }) => doubtful)).toEqual([]);
  });

  it("is doubtful where a group does not exist, or groups cannot be read, so that nobody has a role by it", async () => {
    const users = [{ name: "bot", token, groups: ["oncall"] }];
    const groups = ["oncall", "Oncall"];
    for (const deployment of ["Cloud", "Server"] as const) {
      const { found } = await jira({ sandbox: { users, deployment }, change: { groups } });
      const doubts = (await found()).filter(({ check }) => check === "groups");
      expect(doubts).toMatchObject([
        { doubtful: true, message: expect.stringContaining('"Oncall"') },
      ]);
      const blind = await jira({
        sandbox: { users, deployment, withoutPermissions: ["USER_PICKER"] },
        change: { groups },
      });
      const unread = (await blind.found()).filter(({ check }) => check === "groups");
      expect(unread).toMatchObject([
        { doubtful: true, hint: expect.stringContaining("Browse users and groups") },
      ]);
    }
  });

  it.each([
    ["Close", "To Do", [undefined, undefined]],
    ["Doen", "re-open", ['Did you mean "Done"?', 'Did you mean "Reopen"?']],
  ])(
    "is doubtful without the way to close %s and the way back %s, and names those that there are",
    async (resolveTransition, reopenTransition, [close = "", back = ""]) => {
      const change = { resolveTransition, reopenTransition };
      const { started, found } = await jira({ change });
      const post = (path: string, body: unknown): Promise<Response> =>
        fetch(`${started.url}/rest/api/2${path}`, {
          method: "POST",
          headers: { authorization: `Basic ${btoa(`bot:${token}`)}` },
          body: JSON.stringify(body),
        });
      const fields = { project: { key: "IR" }, issuetype: { name: "Bug" }, summary: "s" };
      await post("/issue", { fields });
      await post("/issue", { fields });
      await post("/issue/IR-1/transitions", { transition: { id: "31" } });
      const doubts = (await found()).filter(({ doubtful }) => doubtful);
      expect(doubts).toMatchObject([
        {
          key: "jira.resolve_transition",
          hint: `${close} Set jira.resolve_transition to one of those of IR-2: Start Progress, Done.`.trim(),
        },
        {
          key: "jira.reopen_transition",
          hint: `${back} Set jira.reopen_transition to one of those of IR-1: Reopen.`.trim(),
        },
      ]);
    },
  );
});

it("an issue type of a route that the project does not have is doubtful, and says what tickets become", async () => {
  const { found } = await jira({
    change: { routed: [{ issueType: "task" }, { issueType: "Nonsense" }] },
  });
  const told = (await found()).filter(({ check }) => check === "routes");
  expect(told).toMatchObject([{ ok: true, doubtful: true, key: "routes" }]);
  expect(told[0]?.message).toBe("IR has no issue type Nonsense: such tickets are opened as Bug");
  expect(told[0]?.hint).toContain("Incident");
});
