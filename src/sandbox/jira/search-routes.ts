/** Both searches of Jira: Data Center's with a total, Cloud's with a token. Each sees what the index shows. */
import { issueBody } from "./bodies.ts";
import { Refusal, type SandboxIssue, textOf } from "./issue.ts";
import { matcher, projectsIn } from "./jql.ts";
import {
  type JiraCall,
  lacks,
  ok,
  type Reply,
  type Route,
  refuse,
  type Site,
  shownBy,
} from "./site.ts";

export const searchRoutes: readonly Route[] = [
  ["POST", /^\/search$/, search],
  ["POST", /^\/search\/jql$/, searchJql],
];

function search(site: Site, call: JiraCall): Reply {
  const { body } = call;
  if (site.deployment === "Cloud") {
    return refuse(
      new Refusal(410, [
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.",
      ]),
    );
  }
  const found = matching(site, call);
  if (found instanceof Refusal) return refuse(found);
  const startAt = Number(body["startAt"] ?? 0);
  // The index says which ones; their fields come from the database.
  const shown = found.slice(startAt, startAt + pageOf(body)).map(({ id }) => site.tracker.find(id));
  const only = fieldsOf(body) ?? undefined;
  const issues = shown.flatMap((issue) => (issue ? [issueBody(issue, shownBy(site), only)] : []));
  return ok("searched", { startAt, maxResults: issues.length, total: found.length, issues });
}

/** Without `fields` it gives ids alone, and never a total. Fields are as old as the index. */
function searchJql(site: Site, call: JiraCall): Reply {
  const { body } = call;
  if (site.deployment !== "Cloud") return refuse(new Refusal(404, ["null for uri: /search/jql"]));
  const found = matching(site, call);
  if (found instanceof Refusal) return refuse(found);
  const startAt = Number(textOf(body["nextPageToken"]).replace("page-", ""));
  const end = startAt + pageOf(body);
  const only = fieldsOf(body);
  const issues = found
    .slice(startAt, end)
    .map((issue) => (only === null ? { id: issue.id } : issueBody(issue, shownBy(site), only)));
  const next = end < found.length ? { nextPageToken: `page-${end}` } : {};
  return ok("searched", { issues, isLast: end >= found.length, ...next });
}

/** @returns null when none are named; undefined for all */
function fieldsOf({ fields }: JiraCall["body"]): ReadonlySet<string> | undefined | null {
  if (!Array.isArray(fields)) return null;
  const ids = fields.map(String);
  return ids.some((id) => id.startsWith("*")) ? undefined : new Set(ids);
}

const pageOf = (body: JiraCall["body"]): number => Math.min(Number(body["maxResults"] ?? 50), 100);

function matching(site: Site, { body, by }: JiraCall): readonly SandboxIssue[] | Refusal {
  const matches = matcher(textOf(body["jql"]), { nowMs: site.now(), by: by.name });
  if (!matches)
    return new Refusal(400, [
      "Error in the JQL Query: the sandbox knows project, labels, text fields, creator, statusCategory and updated only.",
    ]);
  const unknown = projectsIn(textOf(body["jql"])).find((key) => !site.tracker.hasProject(key));
  if (unknown !== undefined)
    return new Refusal(400, [`The value '${unknown}' does not exist for the field 'project'.`]);
  return lacks(site, "BROWSE_PROJECTS") ? [] : matches(site.index.shown());
}
