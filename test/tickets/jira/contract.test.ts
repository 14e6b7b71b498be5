import type { OpenAPIBackend } from "openapi-backend";
import { describe, expect, it, onTestFinished } from "vitest";
import { paragraph, strong, words } from "../../../src/messages/message.ts";
import { surveyJira } from "../../../src/tickets/jira/survey.ts";
import { described, descriptionOf, leftOut } from "../../sandbox/jira/descriptions.ts";
import { exampleOptions, openExample } from "./open-example.ts";
import { type Sent, startRecorder } from "./recorder.ts";

/** Everything the adapter can ask, as it left for a sandbox. */
async function everyRequest(deployment: "Cloud" | "Server"): Promise<readonly Sent[]> {
  const recorder = await startRecorder(deployment);
  onTestFinished(() => recorder[Symbol.asyncDispose]());
  const jira = openExample(recorder.url);
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
    priorities: ["High"],
    groups: ["ops"],
    routedTypes: ["Incident"],
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

describe.runIf(described)(
  `what the adapter sends, beside Atlassian's own descriptions${leftOut}`,
  () => {
    it("is compared by a judge that sees mistakes", async () => {
      const cloud = await descriptionOf("cloud-v3-patched.json");
      const wrong = { method: "POST", query: "", headers: { "content-type": "application/json" } };
      const transition = {
        path: "/rest/api/3/issue/1/transitions",
        body: { transition: { id: 31 } },
      };
      const search = { path: "/rest/api/3/search/jql", body: { jql: "labels = x", startAt: 0 } };
      expect(violations(cloud, { ...wrong, ...transition })).not.toEqual([]);
      expect(violations(cloud, { ...wrong, ...search })).not.toEqual([]);
      const form = { "content-type": "multipart/form-data", "x-atlassian-token": "nocheck" };
      const file = { path: "/rest/api/3/issue/1/attachments", headers: form, body: { file: "x" } };
      expect(violations(cloud, { ...wrong, ...file })).not.toEqual([]);
    });

    it("fits Cloud's, which has v3 in the place of v2", async () => {
      const cloud = await descriptionOf("cloud-v3-patched.json");
      const whole = await descriptionOf("cloud-v3-2025-09-23.json");
      for (const request of await everyRequest("Cloud")) {
        const v3 = { ...request, path: request.path.replace("/rest/api/2", "/rest/api/3") };
        // The mended description left some of them out.
        const problems = violations(cloud.matchOperation(v3) ? cloud : whole, v3);
        expect([stepOf(v3), ...problems.filter((problem) => !isMarkup(problem))]).toEqual([
          stepOf(v3),
        ]);
      }
    });

    it("fits Data Center's, but for what that description gets wrong", async () => {
      const server = await descriptionOf("data-center-10.3.json");
      for (const request of await everyRequest("Server")) {
        const problems = violations(server, {
          ...request,
          path: request.path.replace("/rest", ""),
        });
        const real = problems.filter(
          (problem) => !isFalseAlarm(problem) && !isLeftOutThere(request, problem),
        );
        expect([stepOf(request), ...real]).toEqual([stepOf(request)]);
      }
    });
  },
);

/** v3 wants a document where v2, which Cloud has as well, wants wiki markup. */
function isMarkup(problem: string): boolean {
  return problem === "/requestBody/body must be object";
}

/**
 * It declares every field of an issue, and every name of one, as an object; a list with commas as none; and the value
 * of a property as text.
 */
function isFalseAlarm(problem: string): boolean {
  if (problem === "/query/fields must be array") return true;
  if (problem === "/requestBody/properties/0/value must be string") return true;
  // A form with files is no text.
  if (problem === "/requestBody must be string") return true;
  return /^\/(requestBody|query)\/fields\/\w+ must be object$/.test(problem);
}

/**
 * Data Center gives the groups of a user where it is asked to, and its description forgets how. It gives all permissions,
 * and its description does not know the list that Cloud has to be asked for.
 */
function isLeftOutThere({ path, query }: Sent, problem: string): boolean {
  const groups = path === "/rest/api/2/user" && /^key=\w+&expand=groups$/.test(query);
  const permissions =
    path === "/rest/api/2/mypermissions" && /^projectKey=IR&permissions=[\w%]+$/.test(query);
  return (groups || permissions) && problem === "/query must NOT have additional properties";
}

const stepOf = ({ method, path }: Sent): string => `${method} ${path}`;

function violations(backend: OpenAPIBackend, request: Sent): readonly string[] {
  if (!backend.matchOperation(request)) return ["no such operation"];
  const { errors } = backend.validateRequest(request);
  return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
