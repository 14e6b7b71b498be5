/** The part of Jira's REST v2 that the sandbox speaks: which path does what. */
import { commentBody, issueBody, refusalBody, transitionsBody } from "./bodies.ts";
import { matcher } from "./jql.ts";
import { createFieldsBody, issueTypesBody, permissionsBody, type SandboxProject } from "./meta.ts";
import {
  fieldsIn,
  issueTypes,
  nameIn,
  priorities,
  Refusal,
  type SandboxIssue,
  type SandboxTracker,
  textOf,
} from "./tracker.ts";

export interface JiraCall {
  readonly method: string;
  /** Below /rest/api/2. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly user: string;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** What happened, for the ledger. */
  readonly what: string;
  readonly issue?: string;
}

export interface Site {
  readonly tracker: SandboxTracker;
  readonly deployment: "Cloud" | "Server";
  /** What every project of the site is like. */
  readonly project: SandboxProject;
  url: string;
  /** Issues that the search already shows. */
  indexed(): readonly SandboxIssue[];
}

type Handler = (site: Site, call: JiraCall, params: readonly string[]) => Reply;

const routes: readonly (readonly [method: string, path: RegExp, handle: Handler])[] = [
  ["GET", /^\/serverInfo$/, serverInfo],
  ["GET", /^\/myself$/, (_, { user }) => ok("account_read", { name: user, displayName: user })],
  ["GET", /^\/project\/([\w-]+)$/, project],
  [
    "GET",
    /^\/priority$/,
    () =>
      ok(
        "priorities_read",
        priorities.map((name) => ({ name })),
      ),
  ],
  [
    "GET",
    /^\/mypermissions$/,
    ({ project: like }) => ok("permissions_read", permissionsBody(like)),
  ],
  [
    "GET",
    /^\/issue\/createmeta\/[\w-]+\/issuetypes\/\d+$/,
    ({ project: like }) => ok("create_fields_read", createFieldsBody(like, priorities)),
  ],
  ["POST", /^\/issue$/, create],
  [
    "GET",
    /^\/issue\/([\w-]+)$/,
    withIssue((site, issue) => ok("issue_read", issueBody(issue, site.url))),
  ],
  ["PUT", /^\/issue\/([\w-]+)$/, withIssue(edit)],
  ["DELETE", /^\/issue\/([\w-]+)$/, withIssue(remove)],
  ["GET", /^\/issue\/([\w-]+)\/comment$/, withIssue(comments)],
  ["POST", /^\/issue\/([\w-]+)\/comment$/, withIssue(addComment)],
  ["PUT", /^\/issue\/([\w-]+)\/comment\/(\d+)$/, withIssue(editComment)],
  ["GET", /^\/issue\/([\w-]+)\/transitions$/, withIssue(transitions)],
  ["POST", /^\/issue\/([\w-]+)\/transitions$/, withIssue(transition)],
  ["POST", /^\/issueLink$/, link],
  ["POST", /^\/search$/, search],
  ["POST", /^\/search\/jql$/, searchJql],
];

/** Answers one call; a path it does not know is 404, as in Jira. */
export function answer(site: Site, call: JiraCall): Reply {
  for (const [method, pattern, handle] of routes) {
    const params = method === call.method ? pattern.exec(call.path)?.slice(1) : undefined;
    if (params) return handle(site, call, params);
  }
  return refuse(new Refusal(404, [`null for uri: ${call.path}`]));
}

export function refuse(refusal: Refusal): Reply {
  return { status: refusal.status, body: refusalBody(refusal), what: "refused" };
}

function ok(what: string, body: unknown): Reply {
  return { status: 200, body, what };
}

function serverInfo({ url, deployment }: Site): Reply {
  const version = deployment === "Cloud" ? "1001.0.0" : "10.3.0";
  return ok("server_info_read", { baseUrl: url, version, deploymentType: deployment });
}

function project({ tracker }: Site, _: JiraCall, [key = ""]: readonly string[]): Reply {
  if (tracker.hasProject(key)) {
    return ok("project_read", {
      key,
      name: `Project ${key}`,
      issueTypes: issueTypesBody(issueTypes),
    });
  }
  return refuse(new Refusal(404, [`No project could be found with key '${key}'.`]));
}

function create({ tracker, url }: Site, { body, user }: JiraCall): Reply {
  const issue = tracker.create(fieldsIn(body["fields"]), user);
  if (issue instanceof Refusal) return refuse(issue);
  const { id, key } = issue;
  const self = `${url}/rest/api/2/issue/${id}`;
  return { status: 201, what: "issue_created", issue: key, body: { id, key, self } };
}

type IssueHandler = (
  site: Site,
  issue: SandboxIssue,
  call: JiraCall & { readonly params: readonly string[] },
) => Reply;

function withIssue(handle: IssueHandler): Handler {
  return (site, call, [id = "", ...params]) => {
    const issue = site.tracker.find(id);
    if (issue) return { ...handle(site, issue, { ...call, params }), issue: issue.key };
    return refuse(
      new Refusal(404, ["Issue does not exist or you do not have permission to see it."]),
    );
  };
}

function edit({ tracker }: Site, issue: SandboxIssue, { body }: JiraCall): Reply {
  const refused = tracker.edit(issue, fieldsIn(body["fields"]), fieldsIn(body["update"]));
  return refused === undefined ? { status: 204, what: "issue_edited" } : refuse(refused);
}

function link({ tracker }: Site, { body }: JiraCall): Reply {
  const [one, other] = ["inwardIssue", "outwardIssue"].map((side) => {
    const { key, id } = fieldsIn(body[side]);
    return tracker.find(textOf(key ?? id));
  });
  if (one === undefined || other === undefined)
    return refuse(new Refusal(404, ["No issue could be found with that id or key."]));
  tracker.link(one, other);
  return { status: 201, what: "issue_linked", issue: one.key };
}

function remove({ tracker }: Site, issue: SandboxIssue): Reply {
  tracker.remove(issue);
  return { status: 204, what: "issue_deleted" };
}

function comments(_: Site, issue: SandboxIssue, { query }: JiraCall): Reply {
  const startAt = Number(query.get("startAt") ?? 0);
  const maxResults = Math.min(Number(query.get("maxResults") ?? 100), 100);
  const page = issue.comments.slice(startAt, startAt + maxResults).map(commentBody);
  const total = issue.comments.length;
  return ok("comments_read", { startAt, maxResults, total, comments: page });
}

function addComment({ tracker }: Site, issue: SandboxIssue, { body, user }: JiraCall): Reply {
  const text = textOf(body["body"]);
  if (text.trim() === "") {
    return refuse(new Refusal(400, [], { comment: "Comment body can not be empty!" }));
  }
  const comment = tracker.comment(issue, text, user);
  return { status: 201, what: "comment_added", body: commentBody(comment) };
}

function editComment(
  { tracker }: Site,
  issue: SandboxIssue,
  { body, params: [id] }: JiraCall & { readonly params: readonly string[] },
): Reply {
  const comment = issue.comments.find((candidate) => candidate.id === id);
  if (!comment) return refuse(new Refusal(404, [`Can not find a comment for the id: ${id}.`]));
  tracker.editComment(comment, textOf(body["body"]));
  return ok("comment_edited", commentBody(comment));
}

function transitions({ tracker }: Site, issue: SandboxIssue): Reply {
  return ok("transitions_read", transitionsBody(tracker.transitions(issue)));
}

function transition({ tracker }: Site, issue: SandboxIssue, { body }: JiraCall): Reply {
  const made = tracker.move(issue, nameIn(body["transition"], "id"), fieldsIn(body["fields"]));
  if (made instanceof Refusal) return refuse(made);
  const what = made.name === "Reopen" ? "issue_reopened" : "issue_moved";
  return { status: 204, what: made.to.category === "done" ? "issue_resolved" : what };
}

function search(site: Site, { body }: JiraCall): Reply {
  if (site.deployment === "Cloud") {
    return refuse(
      new Refusal(410, [
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.",
      ]),
    );
  }
  const found = matching(site, body);
  if (found instanceof Refusal) return refuse(found);
  const startAt = Number(body["startAt"] ?? 0);
  const shown = found.slice(startAt, startAt + pageOf(body));
  const issues = shown.map((issue) => issueBody(issue, site.url));
  return ok("searched", { startAt, maxResults: issues.length, total: found.length, issues });
}

/** Without `fields` it gives ids alone, and never a total. */
function searchJql(site: Site, { body }: JiraCall): Reply {
  if (site.deployment !== "Cloud") return refuse(new Refusal(404, ["null for uri: /search/jql"]));
  const found = matching(site, body);
  if (found instanceof Refusal) return refuse(found);
  const startAt = Number(textOf(body["nextPageToken"]).replace("page-", ""));
  const end = startAt + pageOf(body);
  const whole = Array.isArray(body["fields"]);
  const shown = found.slice(startAt, end);
  const issues = shown.map((issue) => (whole ? issueBody(issue, site.url) : { id: issue.id }));
  const next = end < found.length ? { nextPageToken: `page-${end}` } : {};
  return ok("searched", { issues, isLast: end >= found.length, ...next });
}

const pageOf = (body: JiraCall["body"]): number => Math.min(Number(body["maxResults"] ?? 50), 100);

function matching(site: Site, body: JiraCall["body"]): readonly SandboxIssue[] | Refusal {
  const matches = matcher(textOf(body["jql"]));
  if (!matches)
    return new Refusal(400, [
      "Error in the JQL Query: the sandbox knows project, labels and statusCategory only.",
    ]);
  return matches(site.indexed());
}
