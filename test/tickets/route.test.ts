/** What routes give to new tickets, and what a tracker gets of hostile names. */
import { describe, expect, it, onTestFinished } from "vitest";
import { incidentText } from "../../src/messages/incident-text.ts";
import { plainText } from "../../src/messages/plain-text.ts";
import { startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { newIssue } from "../../src/tickets/new-issue.ts";
import { routed, type TicketRoute } from "../../src/tickets/route.ts";
import { exampleIncident } from "./example-incident.ts";
import { hostileNames } from "./examples.ts";
import { openExample } from "./jira/open-example.ts";
import { startRecorder } from "./jira/recorder.ts";

const priorities = { P0: "Highest", P1: "High", P2: "Medium" };
const everything: TicketRoute = {
  when: {},
  labels: ["all"],
  assignee: "5b10-kim",
  issueType: "Task",
};

const issueBy = (...routes: readonly TicketRoute[]) =>
  newIssue(exampleIncident(), {
    priorities,
    routeFor: (incident) => routed(routes, incident),
  });

describe("a route", () => {
  it("gives each key by the first one that fits and names it", () => {
    const other: TicketRoute = { when: { models: ["fraud-v3"] }, labels: ["fraud"] };
    const churn: TicketRoute = {
      when: { models: ["churn-v7"], kinds: ["shift"] },
      labels: ["churn"],
    };
    expect(routed([other, churn, everything], exampleIncident())).toMatchObject({
      labels: ["churn"],
      assignee: "5b10-kim",
      issueType: "Task",
    });
    expect(routed([other], exampleIncident()).labels).toBeUndefined();
  });

  it.each([
    [{ features: ["credit_score"] }, true],
    [{ features: ["age"] }, false],
    [{ severities: ["P1"] }, true],
    [{ severities: ["P0"] }, false],
    [{ kinds: ["silent"] }, false],
    [{ tenants: ["acme"] }, true],
    [{ tenants: ["other"] }, false],
  ])("that is about %j fits a P1 of credit_score: %s", (when, fits) => {
    expect(routed([{ when, impact: "shop" }], exampleIncident()).impact).toBe(
      fits ? "shop" : undefined,
    );
  });

  it("of a team comes first for a model that a person gave to it, and fits no other model", () => {
    const team = { name: "payments", former: null, atMs: 1 };
    const payments: TicketRoute = {
      when: { teams: ["payments"] },
      labels: ["pay"],
      assignee: "5b10-tom",
    };
    const given = exampleIncident({}, { team });
    expect(routed([everything, payments], given)).toMatchObject({
      labels: ["pay"],
      assignee: "5b10-tom",
      issueType: "Task",
    });
    expect(routed([payments, everything], exampleIncident()).labels).toEqual(["all"]);
  });

  it("of no team gives nobody the ticket of a model that a person gave to a team", () => {
    const team = { name: "payments", former: null, atMs: 1 };
    const route = routed([everything], exampleIncident({}, { team }));
    expect(route).toMatchObject({ labels: ["all"], assignee: undefined });
  });

  it("names the team on the ticket, with the word that takes it back", () => {
    const team = { name: "payments", former: "ml", atMs: Date.parse("2026-11-19T09:00:00Z") };
    const { message } = incidentText(exampleIncident({}, { team }), {});
    expect(plainText(message)).toMatch(
      /\n {2}Team +payments, since .*09:00.*\. If that is wrong, say dw wrong-team ml\n/,
    );
  });

  it("fills names into fields wherever a text stands, and what is no text stays", () => {
    const fields = { a: { value: "{{ environment }}" }, b: ["{{model}}/{{feature}}", 7, null] };
    expect(routed([{ when: {}, fields }], exampleIncident()).fields).toEqual({
      a: { value: "prod" },
      b: ["churn-v7/credit_score", 7, null],
    });
  });

  it("lets no name mention anybody, show a picture or fill a field", () => {
    for (const model of [...hostileNames, "[~accountid:1]", "!a.png!", "{color:red}"]) {
      const route: TicketRoute = { when: {}, fields: { a: "{{model}}" } };
      const { a } = routed([route], exampleIncident({ model })).fields ?? {};
      expect(a).toMatch(/^[^\p{Cc}\p{Cf}[\]{}|!~*^\\<>]*$/u);
      expect(a).toMatch(/^.{0,200}$/u);
    }
  });

  it("says whom it hurts behind what that means, until a person says better", () => {
    const impact = "used by checkout [~admin]";
    const { message } = incidentText(exampleIncident(), { impactFor: () => impact });
    expect(plainText(message)).toContain(
      "\nImpact: predictions may be wrong without any error; used by checkout [~admin]\n",
    );
  });
});

describe.each(["Cloud", "Server"] as const)("a ticket by a route (%s)", (deployment) => {
  it("is created with its type, components, labels, fields and assignee in one request", async () => {
    const recorder = await startRecorder(deployment);
    onTestFinished(() => recorder[Symbol.asyncDispose]());
    const fields = { customfield_10010: { value: "{{model}}" } };
    const route: TicketRoute = {
      ...everything,
      components: ["Exporters"],
      fields,
      assignee: undefined,
    };
    await openExample(recorder.url).create(issueBy(route));
    const posts = recorder.sent.filter(({ method }) => method === "POST");
    expect(posts.map(({ body }) => body)).toMatchObject([
      {
        fields: {
          issuetype: { name: "Task" },
          components: [{ name: "Exporters" }],
          labels: ["driftwarden", "driftwarden-0123456789abcdef0123", "P1", "all"],
          customfield_10010: { value: "churn-v7" },
        },
      },
    ]);
  });

  it("belongs to whom the route names, from the start", async () => {
    const sandbox = await startJiraSandbox({ deployment });
    onTestFinished(() => sandbox.stop());
    const jira = openExample(sandbox.url);
    const [assignee] = [...(await jira.talk.assignable())];
    const { key } = await jira.create(issueBy({ ...everything, assignee }));
    const made = sandbox.issues().find((one) => one.key === key);
    expect(made).toMatchObject({ issueType: "Task" });
    expect(made?.assignee).toBeDefined();
  });

  it("is there although the type, the assignee and the components are none of the project", async () => {
    const sandbox = await startJiraSandbox({ deployment, offScreen: ["components"] });
    onTestFinished(() => sandbox.stop());
    const route: TicketRoute = {
      when: {},
      issueType: "Nonsense",
      assignee: "nobody-known",
      components: ["x"],
    };
    await openExample(sandbox.url).create(issueBy(route));
    expect(sandbox.issues()).toMatchObject([{ issueType: "Bug", assignee: undefined }]);
  });

  it("is there although the type demands a field of its own", async () => {
    const sandbox = await startJiraSandbox({ deployment, requireFieldsOf: { Task: ["team"] } });
    onTestFinished(() => sandbox.stop());
    await openExample(sandbox.url).create(issueBy({ when: {}, issueType: "Task" }));
    expect(sandbox.issues()).toMatchObject([{ issueType: "Bug" }]);
  });
});
