/** Issues of the sandbox: created, read, edited, assigned, linked, moved and deleted. */
import { changelogBody, historyBody, issueBody, statusBody } from "./bodies.ts";
import { fieldsIn, type IssueFields, nameIn, Refusal, type SandboxIssue, textOf } from "./issue.ts";
import {
  type IssueCall,
  type JiraCall,
  lacks,
  ok,
  type Reply,
  type Route,
  refuse,
  type Site,
  shownBy,
  withIssue,
} from "./site.ts";

export const issueRoutes: readonly Route[] = [
  ["POST", /^\/issue$/, create],
  ["GET", /^\/issue\/([\w-]+)$/, withIssue(read)],
  ["PUT", /^\/issue\/([\w-]+)$/, withIssue(edit)],
  ["DELETE", /^\/issue\/([\w-]+)$/, withIssue(remove)],
  ["PUT", /^\/issue\/([\w-]+)\/assignee$/, withIssue(assign)],
  ["GET", /^\/issue\/([\w-]+)\/changelog$/, withIssue(changelog)],
  ["GET", /^\/issue\/([\w-]+)\/transitions$/, withIssue(transitions)],
  ["POST", /^\/issue\/([\w-]+)\/transitions$/, withIssue(transition)],
  ["POST", /^\/issueLink$/, link],
];

function create(site: Site, { body, by }: JiraCall): Reply {
  if (lacks(site, "CREATE_ISSUES")) {
    const says = "You do not have permission to create issues in this project.";
    const cloud = site.deployment === "Cloud";
    return refuse(cloud ? new Refusal(403, [says]) : new Refusal(400, [], { project: says }));
  }
  const fields = fieldsIn(body["fields"]);
  const assignee = "assignee" in fields ? assigneeOf(site, fields["assignee"]) : null;
  if (assignee instanceof Refusal) return refuse(assignee);
  const issue = site.tracker.create({ fields, properties: body["properties"] }, by.name);
  if (issue instanceof Refusal) return refuse(issue);
  issue.assignee = assignee ?? undefined;
  const { id, key } = issue;
  const self = `${site.url}/rest/api/2/issue/${id}`;
  return { status: 201, what: "issue_created", issue: key, body: { id, key, self } };
}

function read(site: Site, issue: SandboxIssue, { query }: IssueCall): Reply {
  const shown = shownBy(site);
  const asked = query.getAll("fields").flatMap((ids) => ids.split(","));
  const all = asked.length === 0 || asked.some((id) => id.startsWith("*"));
  const kept = query.getAll("properties").flatMap((keys) => keys.split(","));
  const history = (query.get("expand") ?? "").split(",").includes("changelog");
  return ok("issue_read", {
    ...issueBody(issue, shown, all ? undefined : new Set(asked)),
    ...(kept.length > 0 && { properties: pick(issue.properties ?? {}, kept) }),
    ...(history && { changelog: changelogBody(issue, shown) }),
  });
}

const pick = (all: Readonly<Record<string, unknown>>, keys: readonly string[]) =>
  Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key)));

function edit(site: Site, issue: SandboxIssue, { body, query, by, automated }: IssueCall): Reply {
  if (lacks(site, "EDIT_ISSUES")) return refuse(new Refusal(403, [mayNotEdit]));
  if (query.get("notifyUsers") === "false" && lacks(site, "ADMINISTER_PROJECTS"))
    return refuse(new Refusal(403, [mayNotBeQuiet]));
  const fields = fieldsIn(body["fields"]);
  const assignee = "assignee" in fields ? assigneeOf(site, fields["assignee"]) : undefined;
  if (assignee instanceof Refusal) return refuse(assignee);
  const change = { fields, update: fieldsIn(body["update"]), assignee };
  const refused = site.tracker.edit(issue, change, { name: by.name, automated });
  return refused === undefined ? { status: 204, what: "issue_edited" } : refuse(refused);
}

const mayNotEdit = "You do not have permission to edit issues in this project.";
const mayNotBeQuiet =
  "To discard the user notification either admin or project admin permissions are required.";

function assign(site: Site, issue: SandboxIssue, { body, by, automated }: IssueCall): Reply {
  const cloud = site.deployment === "Cloud";
  if (lacks(site, "ASSIGN_ISSUES"))
    return refuse(new Refusal(cloud ? 403 : 401, ["You do not have permission to assign issues."]));
  const assignee = assigneeOf(site, body);
  if (assignee instanceof Refusal) return refuse(assignee);
  site.tracker.edit(issue, { fields: {}, update: {}, assignee }, { name: by.name, automated });
  return { status: 204, what: "issue_assigned" };
}

/** @returns the name of the account; null for nobody */
function assigneeOf({ deployment, accounts }: Site, value: unknown): string | null | Refusal {
  const { accountId = null, name = null } = fieldsIn(value);
  const given = deployment === "Cloud" ? accountId : name;
  if (given === null) return null;
  const found = accounts.all.find((one) =>
    deployment === "Cloud" ? one.accountId === given : one.name === given,
  );
  if (found?.assignable === true) return found.name;
  const says = `User '${textOf(given)}' cannot be assigned issues.`;
  return new Refusal(400, [], { assignee: says });
}

/** Cloud alone reads the history by itself; Data Center gives it with the issue. */
function changelog(site: Site, issue: SandboxIssue, { query, path }: IssueCall): Reply {
  if (site.deployment !== "Cloud") return refuse(new Refusal(404, [`null for uri: ${path}`]));
  const startAt = Number(query.get("startAt") ?? 0);
  const maxResults = Math.min(Number(query.get("maxResults") ?? 100), 100);
  const total = issue.history.length;
  const values = issue.history.slice(startAt, startAt + maxResults);
  return ok("changelog_read", {
    self: `${site.url}/rest/api/2/issue/${issue.id}/changelog`,
    maxResults,
    startAt,
    total,
    isLast: startAt + values.length >= total,
    values: values.map((entry) => historyBody(entry, shownBy(site))),
  });
}

function link(site: Site, { body }: JiraCall): Reply {
  const [one, other] = ["inwardIssue", "outwardIssue"].map((side) => {
    const { key, id } = fieldsIn(body[side]);
    return site.tracker.find(textOf(key ?? id));
  });
  if (one === undefined || other === undefined || lacks(site, "LINK_ISSUES"))
    return refuse(new Refusal(404, ["No issue could be found with that id or key."]));
  site.tracker.link(one, other);
  return { status: 201, what: "issue_linked", issue: one.key };
}

function remove(site: Site, issue: SandboxIssue): Reply {
  if (lacks(site, "DELETE_ISSUES"))
    return refuse(new Refusal(403, ["You do not have permission to delete issues."]));
  site.tracker.remove(issue);
  return { status: 204, what: "issue_deleted" };
}

function transitions(site: Site, issue: SandboxIssue, { language }: IssueCall): Reply {
  const all = lacks(site, "TRANSITION_ISSUES") ? [] : site.tracker.transitions(issue);
  const { translation } = site;
  const english = /^en\b/i.test(language) && translation?.always !== true;
  const named = (name: string): string => (english ? name : (translation?.names[name] ?? name));
  const shown = all.map(({ id, name, to }) => ({
    id,
    name: named(name),
    to: statusBody({ ...to, name: named(to.name) }, shownBy(site)),
  }));
  return ok("transitions_read", { expand: "transitions", transitions: shown });
}

function transition(site: Site, issue: SandboxIssue, call: IssueCall): Reply {
  const { body, by, automated } = call;
  if (lacks(site, "TRANSITION_ISSUES"))
    return refuse(new Refusal(400, ["It seems that you may not move this issue."]));
  const fields: IssueFields = fieldsIn(body["fields"]);
  const move = { id: nameIn(body["transition"], "id"), fields };
  const wasDone = issue.status.category === "done";
  const made = site.tracker.move(issue, move, { name: by.name, automated });
  if (made instanceof Refusal) return refuse(made);
  if (made.to.category === "done") return { status: 204, what: "issue_resolved" };
  return { status: 204, what: wasDone ? "issue_reopened" : "issue_moved" };
}
