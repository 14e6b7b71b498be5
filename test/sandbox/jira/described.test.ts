import { describe, expect, it } from "vitest";
import type { Deployment } from "../../../src/sandbox/jira/accounts.ts";
import { type JiraSandboxOptions, startJiraSandbox } from "../../../src/sandbox/jira/server.ts";
import { type DescribedAnswer, descriptions } from "../../tickets/jira/openapi/descriptions.ts";
import { type Answer, type Asking, askAs, fields } from "./ask.ts";

/** A call, and what else the site is like. */
interface Step extends Asking {
  readonly line: string;
}

const commented = { properties: [{ key: "sd.public.comment", value: { internal: true } }] };

const reads = [
  "GET /serverInfo",
  "GET /myself",
  "GET /priority",
  "GET /field",
  "GET /status",
  "GET /mypermissions?permissions=ADD_COMMENTS",
  "GET /project/IR",
  "GET /project/NO",
  "GET /issue/createmeta/IR/issuetypes/1",
  "GET /user/assignable/search?project=IR",
  "GET /group/member?groupname=ops",
  "GET /group/member?groupname=none",
  "GET /groups/picker?query=op",
  "GET /issue/IR-1",
  "GET /issue/IR-1?fields=status,labels&expand=changelog",
  "GET /issue/IR-9",
  "GET /issue/IR-1/comment?orderBy=-created&maxResults=1",
  "GET /issue/IR-1/comment/10002?expand=properties",
  "GET /issue/IR-1/comment/1",
  "GET /issue/IR-1/transitions",
  "GET /issue/IR-9/transitions",
];

/** The whole life of an issue, and of its neighbours, with every refusal there is. */
function steps(deployment: Deployment): readonly Step[] {
  const cloud = deployment === "Cloud";
  const ann = cloud ? { accountId: annId } : { name: "ann" };
  const search = cloud ? "POST /search/jql" : "POST /search";
  const only = cloud
    ? ["GET /issue/IR-1/changelog", `GET /user?accountId=${annId}`, groupsOfAnn]
    : ["GET /user?key=JIRAUSER10100&expand=groups"];
  const query = 'project = "IR" AND labels = "x" AND updated >= -5m ORDER BY updated DESC';
  return [
    { line: "POST /issue", body: { fields: { ...fields, labels: ["x"] } } },
    { line: "POST /issue", body: { fields: {} } },
    { line: "POST /issue/IR-1/comment", body: { body: "one", ...commented } },
    { line: "POST /issue/IR-1/comment", body: { body: " " } },
    { line: "POST /issue/IR-1/comment", body: { body: "x".repeat(32_768) } },
    { line: "PUT /issue/IR-1/comment/10002", body: { body: "two" } },
    { line: "PUT /issue/IR-1/comment/10002", body: { body: "" } },
    { line: "PUT /issue/IR-1", body: { fields: { summary: "t", priority: { name: "High" } } } },
    { line: "PUT /issue/IR-1", body: { fields: { summary: "" } } },
    { line: "PUT /issue/IR-1/assignee", body: ann },
    { line: "PUT /issue/IR-1/assignee", body: cloud ? { accountId: "x" } : { name: "x" } },
    { line: "POST /issue", body: { fields } },
    {
      line: "POST /issueLink",
      body: {
        type: { name: "Relates" },
        inwardIssue: { key: "IR-1" },
        outwardIssue: { key: "IR-2" },
      },
    },
    { line: "POST /issueLink", body: { inwardIssue: { key: "IR-1" } } },
    { line: "POST /issue/IR-1/transitions", body: { transition: { id: "31" } } },
    { line: "POST /issue/IR-1/transitions", body: { transition: { id: "31" } } },
    { line: search, body: { jql: query, fields: ["status"] } },
    { line: search, body: { jql: query } },
    { line: search, body: { jql: "text ~ x" } },
    ...[...reads, ...only].map((line) => ({ line })),
    { line: "POST /issue/IR-1/comment", body: { body: "three" } },
    { line: "DELETE /issue/IR-2" },
    { line: "DELETE /issue/IR-9" },
  ];
}

const groupsOfAnn = "GET /user/groups?accountId=712020:49915e0d7d4b402e3017d010bc1c0e83";
const annId = "712020:49915e0d7d4b402e3017d010bc1c0e83";
const users = [
  { name: "ann", token: "token", groups: ["ops"] },
  { name: "bot", token: "token", kind: "app" as const },
];
const nobodyMay = [
  "CREATE_ISSUES",
  "EDIT_ISSUES",
  "ADD_COMMENTS",
  "ASSIGN_ISSUES",
  "TRANSITION_ISSUES",
  "DELETE_ISSUES",
  "USER_PICKER",
];
const sites: readonly JiraSandboxOptions[] = [
  { users },
  { users, serviceDesk: true },
  { users, withoutPermissions: ["BROWSE_PROJECTS"] },
];

async function answers(
  deployment: Deployment,
): Promise<readonly (DescribedAnswer & { readonly step: string })[]> {
  const found: (DescribedAnswer & { readonly step: string })[] = [];
  const note = ({ line }: Step, { status, body }: Answer): void => {
    const [method = "", path = ""] = line.split(" ");
    const [plain = ""] = path.split("?");
    found.push({ step: `${status} ${line}`, method, path: plain, status, body });
  };
  for (const options of sites) {
    await using place = await started({ ...options, deployment });
    for (const step of steps(deployment)) note(step, await askAs(place, step.line, step));
  }
  await using open = await started({ deployment, users });
  const writes = steps(deployment).filter(({ body }) => body !== undefined);
  for (const permission of nobodyMay) {
    await using place = await started({ deployment, users, withoutPermissions: [permission] });
    for (const step of writes) note(step, await askAs(place, step.line, step));
  }
  const stranger = { line: "GET /myself", as: "stranger" };
  note(stranger, await askAs(open, stranger.line, stranger));
  return found;
}

async function started(options: JiraSandboxOptions) {
  const place = await startJiraSandbox(options);
  return { url: place.url, [Symbol.asyncDispose]: () => place.stop() };
}

/** What a description gets wrong. Both forget that a change may come from nothing. */
const falseAlarms = {
  Cloud: /items\/\d+\/(from|to)(String)? must be string$/,
  // It declares every field of an issue, and every list, as one object, and leaves out that an issue may not be there.
  Server:
    /items\/\d+\/(from|to)(String)? must be string$|\/fields\/\w+ must be object$|^ must be object$|^no status 404$|\/properties\/\d+\/value must be string$/,
} as const;

describe("the sandbox beside Atlassian's own descriptions", () => {
  it.each(["Cloud", "Server"] as const)(
    "gives no answer that they do not allow (%s)",
    async (deployment) => {
      const judge = descriptions[deployment];
      const all = await answers(deployment);
      const wrong = all.flatMap(({ step, ...answer }) => {
        const problems = judge
          .answerViolations(answer)
          .filter((problem) => !falseAlarms[deployment].test(problem));
        return problems.length === 0 ? [] : [`${step}: ${problems.join(", ")}`];
      });
      expect([...new Set(wrong)]).toEqual([]);
    },
  );

  it("is judged by one that sees mistakes", () => {
    const judge = descriptions.Cloud;
    const answer = { method: "GET", path: "/issue/IR-1/comment/1", status: 200 };
    expect(judge.answerViolations({ ...answer, body: { id: "1" } })).toEqual([]);
    expect(judge.answerViolations({ ...answer, body: { id: 1 } })).toEqual(["/id must be string"]);
    expect(judge.answerViolations({ ...answer, status: 418, body: {} })).toEqual(["no status 418"]);
    const named = { ...answer, body: { author: { accountId: "a", nickname: "b" } } };
    expect(judge.answerViolations(named)).toContain("/author must NOT have additional properties");
  });
});
