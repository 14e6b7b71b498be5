/** Comments of the sandbox: read, written, edited and deleted. */
import { commentBody, internalProperties } from "./bodies.ts";
import { fieldsIn, Refusal, type SandboxComment, type SandboxIssue, textOf } from "./issue.ts";
import {
  type IssueCall,
  lacks,
  ok,
  type Reply,
  type Route,
  refuse,
  type Site,
  shownBy,
  withIssue,
} from "./site.ts";

export const commentRoutes: readonly Route[] = [
  ["GET", /^\/issue\/([\w-]+)\/comment$/, withIssue(comments)],
  ["POST", /^\/issue\/([\w-]+)\/comment$/, withIssue(addComment)],
  ["GET", /^\/issue\/([\w-]+)\/comment\/(\d+)$/, withIssue(withComment(oneComment))],
  ["PUT", /^\/issue\/([\w-]+)\/comment\/(\d+)$/, withIssue(withComment(editComment))],
  ["DELETE", /^\/issue\/([\w-]+)\/comment\/(\d+)$/, withIssue(withComment(deleteComment))],
];

function comments(site: Site, issue: SandboxIssue, { query }: IssueCall): Reply {
  const startAt = Number(query.get("startAt") ?? 0);
  const maxResults = Math.min(Number(query.get("maxResults") ?? 100), 100);
  const newestFirst = query.get("orderBy") === "-created";
  const all = newestFirst ? issue.comments.toReversed() : issue.comments;
  const page = all
    .slice(startAt, startAt + maxResults)
    .map((comment) => shownComment(site, { issue, comment }, query));
  return ok("comments_read", { startAt, maxResults, total: all.length, comments: page });
}

function addComment(site: Site, issue: SandboxIssue, { body, by }: IssueCall): Reply {
  if (lacks(site, "ADD_COMMENTS")) return refuse(mayNot(by.name, "comment on this issue"));
  const added = site.tracker.comment(issue, {
    body: textOf(body["body"]),
    author: by.name,
    internal: by.kind !== "customer" && isInternal(body["properties"]),
  });
  if (added instanceof Refusal) return refuse(added);
  const answer = commentBody(added, issue, shownBy(site));
  return { status: 201, what: "comment_added", body: answer, comment: added.id };
}

/** What a service desk takes as "not for customers". */
function isInternal(properties: unknown): boolean {
  const all = Array.isArray(properties) ? properties.map(fieldsIn) : [];
  return all.some(
    ({ key, value }) => key === "sd.public.comment" && fieldsIn(value)["internal"] === true,
  );
}

interface Found {
  readonly issue: SandboxIssue;
  readonly comment: SandboxComment;
}

type CommentHandler = (site: Site, found: Found, call: IssueCall) => Reply;

function withComment(handle: CommentHandler) {
  return (site: Site, issue: SandboxIssue, call: IssueCall): Reply => {
    const [id = ""] = call.params;
    const comment = issue.comments.find((candidate) => candidate.id === id);
    if (comment) return { ...handle(site, { issue, comment }, call), comment: id };
    return refuse(new Refusal(404, [`Can not find a comment for the id: ${id}.`]));
  };
}

function oneComment(site: Site, found: Found, { query }: IssueCall): Reply {
  return ok("comment_read", shownComment(site, found, query));
}

function shownComment(site: Site, { issue, comment }: Found, query: URLSearchParams): unknown {
  const body = commentBody(comment, issue, shownBy(site));
  const expanded = (query.get("expand") ?? "").split(",").includes("properties");
  return expanded ? { ...body, properties: internalProperties(comment) } : body;
}

function editComment(site: Site, { issue, comment }: Found, { body, by }: IssueCall): Reply {
  const own = comment.author === by.name && !lacks(site, "EDIT_OWN_COMMENTS");
  if (!own && lacks(site, "EDIT_ALL_COMMENTS")) return refuse(mayNot(by.name, "edit this comment"));
  const edit = { body: textOf(body["body"]), by: by.name };
  const refused = site.tracker.editComment(issue, comment, edit);
  if (refused !== undefined) return refuse(refused);
  return ok("comment_edited", commentBody(comment, issue, shownBy(site)));
}

function deleteComment(site: Site, { issue, comment }: Found, { by }: IssueCall): Reply {
  const own = comment.author === by.name && !lacks(site, "DELETE_OWN_COMMENTS");
  if (!own && lacks(site, "DELETE_ALL_COMMENTS"))
    return refuse(mayNot(by.name, "delete this comment"));
  site.tracker.removeComment(issue, comment);
  return { status: 204, what: "comment_deleted" };
}

function mayNot(name: string, what: string): Refusal {
  return new Refusal(400, [`${name}, you do not have the permission to ${what}.`]);
}
