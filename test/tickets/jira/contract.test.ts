import { describe, expect, it, onTestFinished } from "vitest";
import { paragraph, strong, words } from "../../../src/messages/message.ts";
import { surveyJira } from "../../../src/tickets/jira/survey.ts";
import { exampleOptions, openExample } from "./open-example.ts";
import { descriptions, type JiraRequest } from "./openapi/descriptions.ts";
import { type Sent, startRecorder } from "./recorder.ts";

/** Everything the adapter can ask, as it left for a sandbox. */
async function everyRequest(deployment: "Cloud" | "Server"): Promise<readonly Sent[]> {
  const sent = await Promise.all(
    [undefined, "Incident key", "property"].map((keyField) => requestsOf(deployment, keyField)),
  );
  return sent.flat();
}

async function requestsOf(
  deployment: "Cloud" | "Server",
  keyField: string | undefined,
): Promise<readonly Sent[]> {
  const recorder = await startRecorder(deployment);
  onTestFinished(() => recorder[Symbol.asyncDispose]());
  const jira = openExample(recorder.url, { keyField });
  await jira.probe();
  const { id, key } = await jira.create({
    summary: "s",
    description: [[paragraph(words("d"))]],
    labels: ["driftwarden"],
    priority: "High",
    route: {
      issueType: "Incident",
      components: ["Exporters"],
      fields: { customfield_10010: { value: "churn-v7" } },
    },
  });
  await jira.findByLabel("driftwarden");
  await jira.findAmongNewest(() => false);
  await jira.openIds("driftwarden");
  const issue = await jira.get(id);
  if (issue === undefined) throw new Error("the issue is there");
  await jira.update(issue, {
    summary: "t",
    description: [[paragraph(words("e"))]],
    labels: { add: ["P1"], remove: ["P2"] },
    priority: "Highest",
  });
  await jira.link(key, key);
  await jira.ping();
  await jira.get(key);
  const comment = await jira.addComment(id, [[paragraph(strong(words("one")))]]);
  await jira.updateComment(id, { comment, message: [[paragraph(strong(words("two")))]] });
  await jira.comments(id);
  expect(await jira.removeComment?.(id, comment)).toBe(true);
  await jira.update(issue, { assignee: "nobody-known" }).catch(() => undefined);
  await jira.update(issue, { assignee: null });
  const file = { name: "a.png", type: "image/png", bytes: Buffer.from("picture") };
  expect(await jira.files?.attach(id, file)).toBe(true);
  const [attached] = (await jira.files?.list(id)) ?? [];
  if (attached === undefined) throw new Error("the file is there");
  expect(await jira.files?.remove(attached)).toBe(true);
  await jira.close(id);
  await jira.reopen(id);
  await jira.talk.changedWithin("driftwarden", 5);
  await jira.talk.newestComments(id);
  await jira.talk.comment(id, comment.id);
  await jira.talk.acts(id);
  await jira.talk.assignable();
  await jira.talk.groupsOf("bot").catch(() => undefined);
  await surveyJira({
    ...exampleOptions(recorder.url),
    keyField,
    priorities: ["High"],
    groups: ["ops"],
    routed: [{ issueType: "Incident" }],
  });
  return recorder.sent;
}

describe("what the adapter sends", () => {
  it.each(["Cloud", "Server"] as const)(
    "is every operation of the port, over v2 (%s)",
    async (site) => {
      const sent = await everyRequest(site);
      const search = site === "Cloud" ? "POST /rest/api/2/search/jql" : "POST /rest/api/2/search";
      const steps = sent.map(({ method, path }) => `${method} ${path.replaceAll(/\d{5}/g, "ID")}`);
      expect([...new Set(steps)].toSorted()).toEqual(
        [
          "GET /rest/api/2/issue/ID",
          "GET /rest/api/2/groups/picker",
          "GET /rest/api/2/issue/createmeta/IR/issuetypes/1",
          "GET /rest/api/2/mypermissions",
          "GET /rest/api/2/issue/ID/comment",
          "GET /rest/api/2/issue/ID/comment/ID",
          "GET /rest/api/2/status",
          "GET /rest/api/2/user/assignable/search",
          site === "Cloud" ? "GET /rest/api/2/user/groups" : "GET /rest/api/2/user",
          "GET /rest/api/2/issue/ID/transitions",
          ...Array.from({ length: 21 }, (_, n) => `GET /rest/api/2/issue/IR-${n + 1}`),
          "GET /rest/api/2/field",
          "GET /rest/api/2/myself",
          "GET /rest/api/2/priority",
          "GET /rest/api/2/project/IR",
          "GET /rest/api/2/serverInfo",
          "POST /rest/api/2/issue",
          "POST /rest/api/2/issueLink",
          "PUT /rest/api/2/issue/ID",
          "POST /rest/api/2/issue/ID/comment",
          "POST /rest/api/2/issue/ID/transitions",
          "PUT /rest/api/2/issue/ID/comment/ID",
          "POST /rest/api/2/issue/ID/attachments",
          "DELETE /rest/api/2/attachment/ID",
          "DELETE /rest/api/2/issue/ID/comment/ID",
          search,
        ].toSorted(),
      );
    },
  );
});

describe("what the adapter sends, beside Atlassian's own descriptions", () => {
  it.each<[string, Partial<JiraRequest>]>([
    ["an id that is a number", { path: "/transitions", body: { transition: { id: 31 } } }],
    ["a parameter that is not known", { method: "GET", path: "", query: "field=summary" }],
    ["a path that is not known", { method: "GET", path: "/transition" }],
    [
      "a header against forged requests that is wrong",
      {
        path: "/attachments",
        headers: { "content-type": "multipart/form-data", "x-atlassian-token": "nocheck" },
        body: { file: "x" },
      },
    ],
  ])("is compared by judges that see %s", (_, change) => {
    const headers = { "content-type": "application/json" };
    const usual = { method: "POST", query: "", headers, body: undefined };
    const path = `/rest/api/2/issue/1${change.path}`;
    for (const judge of Object.values(descriptions))
      expect(judge.requestViolations({ ...usual, ...change, path })).not.toEqual([]);
  });

  it("is compared by a judge that sees what Cloud's search has no more", () => {
    const search = { method: "POST", path: "/rest/api/2/search/jql", query: "" };
    const headers = { "content-type": "application/json" };
    const body = { jql: "labels = x", startAt: 0 };
    const problems = descriptions.Cloud.requestViolations({ ...search, headers, body });
    expect(problems).toEqual(["/requestBody must NOT have additional properties"]);
  });

  it.each(["Cloud", "Server"] as const)("fits that of %s", async (deployment) => {
    for (const request of await everyRequest(deployment)) {
      const step = [request.method, request.path, request.query];
      const problems = descriptions[deployment].requestViolations(request);
      expect([step, ...problems]).toEqual([step]);
    }
  });
});
