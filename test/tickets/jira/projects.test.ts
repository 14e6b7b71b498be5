/** Routes into several projects of one Jira: where tickets are opened, and that all of them are found. */
import { describe, expect, it, onTestFinished } from "vitest";
import { paragraph, words } from "../../../src/messages/message.ts";
import { type JiraSandboxOptions, startJiraSandbox } from "../../../src/sandbox/jira/server.ts";
import { surveyJira } from "../../../src/tickets/jira/survey.ts";
import type { RouteKeys } from "../../../src/tickets/route.ts";
import { exampleOptions, openExample } from "./open-example.ts";

const ticket = (route: RouteKeys = {}, own = "driftwarden-ticket-0123456789ab") => ({
  summary: "[P1] churn-v7",
  description: [[paragraph(words("d"))]],
  labels: ["driftwarden", own],
  priority: "High",
  route,
});

async function place(site: JiraSandboxOptions, routedProjects: readonly string[] = ["OPS"]) {
  const sandbox = await startJiraSandbox({ projects: ["IR", "OPS"], ...site });
  onTestFinished(() => sandbox.stop());
  return { sandbox, jira: openExample(sandbox.url, { routedProjects }) };
}

describe.each(["Cloud", "Server"] as const)("routes into several projects (%s)", (deployment) => {
  it("open a ticket in the project of its route, and others where they were", async () => {
    const { jira, sandbox } = await place({ deployment });
    await jira.create(ticket({ project: "OPS", issueType: "Task" }));
    await jira.create(ticket());
    const found = sandbox.issues().map(({ key, issueType }) => [key, issueType]);
    expect(found).toEqual([
      ["OPS-1", "Task"],
      ["IR-1", "Bug"],
    ]);
  });

  it.each<[string, JiraSandboxOptions]>([
    ["is not there", { projects: ["IR"] }],
    ["demands a field", { screensOf: { OPS: { requireFields: ["customfield_10010"] } } }],
  ])(
    "open a ticket in the usual project where that of the route %s, and it says so",
    async (_, site) => {
      const { jira, sandbox } = await place({ deployment, ...site });
      await jira.create(ticket({ project: "OPS", issueType: "Task" }));
      expect(sandbox.issues()).toMatchObject([
        {
          key: "IR-1",
          issueType: "Bug",
          description: expect.stringContaining("Project OPS does not"),
        },
      ]);
    },
  );

  it("take what a project's own screen takes: a field that is missing there is left out there alone", async () => {
    const { jira, sandbox } = await place({
      deployment,
      screensOf: { OPS: { offScreen: ["priority"] } },
    });
    await jira.create(ticket({ project: "OPS" }));
    await jira.create(ticket());
    expect(sandbox.issues().map(({ key, priority }) => [key, priority])).toEqual([
      ["OPS-1", "Medium"],
      ["IR-1", "High"],
    ]);
  });

  it.each([
    ["in every project", ["OPS"]],
    ["also where one of the projects is not there", ["OPS", "NONE"]],
  ])("have their tickets found %s", async (_, routed) => {
    const { jira } = await place({ deployment }, routed);
    const one = await jira.create(ticket({ project: "OPS" }));
    const other = await jira.create(ticket({}, "driftwarden-ticket-000000000000"));
    const label = "driftwarden-ticket-0123456789ab";
    expect((await jira.findByLabel(label)).map(({ key }) => key)).toEqual(["OPS-1"]);
    expect([...(await jira.openIds("driftwarden"))].toSorted()).toEqual([one.id, other.id]);
    const changed = await jira.talk.changedWithin("driftwarden", 5);
    expect(changed.map(({ id }) => id).toSorted()).toEqual([one.id, other.id]);
  });

  it("have a ticket known again among the newest of each project, where the index lags", async () => {
    const { jira } = await place({ deployment, indexLagMs: 3_600_000 }, ["NONE", "OPS"]);
    const { id } = await jira.create(ticket({ project: "OPS" }));
    const found = await jira.findAmongNewest(({ key }) => key === "OPS-1");
    expect(found).toMatchObject({ id });
    expect(await jira.findAmongNewest(() => false)).toBe(undefined);
  });

  it("have tickets found again in a project into which people moved one", async () => {
    const { jira, sandbox } = await place({ deployment, projects: ["IR", "OPS", "ML"] });
    const { id } = await jira.create(ticket());
    const [issue] = sandbox.issues();
    if (issue !== undefined) Object.assign(issue, { key: "ML-7" });
    // As it was indexed anew when it was moved.
    await jira.addComment(id, [[paragraph(words("moved"))]]);
    expect(await jira.get(id)).toMatchObject({ key: "ML-7" });
    expect([...(await jira.openIds("driftwarden"))]).toEqual([id]);
  });

  it("are checked: each project by its own types, screens and permissions", async () => {
    const { sandbox } = await place({
      deployment,
      screensOf: { OPS: { requireFields: ["customfield_10010"] } },
    });
    const survey = { ...exampleOptions(sandbox.url), priorities: ["High"] };
    const routed = [
      { project: "OPS" },
      { project: "OPS", issueType: "Nonsense" },
      { project: "NONE" },
    ];
    const found = await surveyJira({ ...survey, routed });
    const told = found.filter(({ ok, doubtful }) => !ok || doubtful);
    expect(told.map(({ ok, code, message }) => [ok, code, message])).toEqual([
      [false, "DW_JIRA_FIELD_REQUIRED", expect.stringContaining("OPS demands customfield_10010")],
      [true, null, expect.stringContaining("OPS has no issue type Nonsense")],
      [false, "DW_JIRA_PROJECT_MISSING", expect.stringContaining("NONE")],
    ]);
    const plain = await surveyJira({ ...survey, routed: [{ issueType: "Task" }] });
    expect(plain.filter(({ ok, doubtful }) => !ok || doubtful)).toEqual([]);
  });
});
