/** What the sandbox says of itself, its projects and its accounts. */
import { accountBody, type SandboxAccount } from "./accounts.ts";
import { statusBody } from "./bodies.ts";
import { issueTypes, priorities } from "./field-rules.ts";
import { Refusal } from "./issue.ts";
import { createFieldsBody, fieldsBody, issueTypesBody, permissionsBody } from "./meta.ts";
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

export const siteRoutes: readonly Route[] = [
  ["GET", /^\/serverInfo$/, serverInfo],
  ["GET", /^\/myself$/, (site, { by }) => ok("account_read", accountBody(by, site))],
  ["GET", /^\/project\/([\w-]+)$/, project],
  ["GET", /^\/status$/, (site) => ok("statuses_read", statusesBody(site))],
  ["GET", /^\/field$/, ({ project: like }) => ok("fields_read", fieldsBody(like))],
  ["GET", /^\/priority$/, () => ok("priorities_read", prioritiesBody)],
  [
    "GET",
    /^\/mypermissions$/,
    ({ project: like }) => ok("permissions_read", permissionsBody(like)),
  ],
  [
    "GET",
    /^\/issue\/createmeta\/([\w-]+)\/issuetypes\/\d+$/,
    ({ project: like, deployment }, _, [key = ""]) => {
      const screen = { ...like, ...like.screensOf[key] };
      return ok("create_fields_read", createFieldsBody(screen, priorities, deployment));
    },
  ],
  ["GET", /^\/user$/, user],
  ["GET", /^\/user\/groups$/, userGroups],
  ["GET", /^\/groups\/picker$/, groupsPicker],
  ["GET", /^\/user\/assignable\/search$/, assignable],
  ["GET", /^\/group\/member$/, groupMembers],
];

const prioritiesBody = priorities.map((name, index) => ({ id: String(index + 1), name }));

function statusesBody(site: Site): readonly unknown[] {
  return site.tracker.statuses.map((status) => statusBody(status, shownBy(site)));
}

function serverInfo({ url, deployment }: Site): Reply {
  const version = deployment === "Cloud" ? "1001.0.0" : "10.3.0";
  return ok("server_info_read", { baseUrl: url, version, deploymentType: deployment });
}

function project(site: Site, _: JiraCall, [key = ""]: readonly string[]): Reply {
  if (!site.tracker.hasProject(key) || lacks(site, "BROWSE_PROJECTS"))
    return refuse(new Refusal(404, [`No project could be found with key '${key}'.`]));
  return ok("project_read", {
    self: `${site.url}/rest/api/2/project/${key}`,
    id: "10000",
    key,
    name: `Project ${key}`,
    projectTypeKey: site.project.serviceDesk ? "service_desk" : "software",
    issueTypes: issueTypesBody(issueTypes),
  });
}

function user(site: Site, { query }: JiraCall): Reply {
  const ids = site.deployment === "Cloud" ? ["accountId"] : ["username", "key"];
  const id = ids.map((name) => query.get(name)).find((given) => given !== null) ?? "";
  const found = site.accounts.find(id);
  if (found === undefined) return refuse(new Refusal(404, ["The user does not exist."]));
  const body = accountBody(found, site);
  if (query.get("expand") !== "groups") return ok("users_read", body);
  if (lacks(site, "USER_PICKER")) return refuse(new Refusal(403, [mayNotBrowse]));
  const items = found.groups.map((name) => groupBody(site, name));
  return ok("groups_read", { ...body, groups: { size: items.length, items } });
}

const mayNotBrowse = "You do not have the permission to browse users and groups.";

/** Cloud alone. */
function userGroups(site: Site, { query, path }: JiraCall): Reply {
  if (site.deployment !== "Cloud") return refuse(new Refusal(404, [`null for uri: ${path}`]));
  if (lacks(site, "USER_PICKER")) return refuse(new Refusal(403, [mayNotBrowse]));
  const found = site.accounts.find(query.get("accountId") ?? "");
  if (found === undefined) return refuse(new Refusal(404, ["The user does not exist."]));
  return ok(
    "groups_read",
    found.groups.map((name) => groupBody(site, name)),
  );
}

function groupBody({ url }: Site, name: string): unknown {
  return { name, self: `${url}/rest/api/2/group?groupname=${encodeURIComponent(name)}` };
}

/** Who may not browse users is shown no groups. */
function groupsPicker(site: Site, { query }: JiraCall): Reply {
  const text = (query.get("query") ?? "").toLowerCase();
  const all = lacks(site, "USER_PICKER") ? [] : site.accounts.all.flatMap(({ groups }) => groups);
  const names = [...new Set(all)].filter((name) => name.toLowerCase().includes(text));
  const groups = names.map((name) => ({ name, html: name, labels: [] }));
  const header = `Showing ${names.length} of ${names.length} matching groups`;
  return ok("groups_read", { header, total: names.length, groups });
}

function assignable(site: Site, { query }: JiraCall): Reply {
  const { deployment, accounts } = site;
  const id = query.get("accountId");
  const text = (query.get(deployment === "Cloud" ? "query" : "username") ?? "").toLowerCase();
  const fits = ({ accountId, displayName, name }: SandboxAccount): boolean =>
    id === null
      ? [displayName, ...(deployment === "Cloud" ? [] : [name])].some(
          (one) =>
            // Data Center takes a dot for everybody.
            text === "." || one.toLowerCase().startsWith(text),
        )
      : id === accountId;
  const found = accounts.all.filter((account) => account.assignable && fits(account));
  return ok(
    "users_read",
    found.map((account) => accountBody(account, site)),
  );
}

function groupMembers(site: Site, { query }: JiraCall): Reply {
  const group = query.get("groupname") ?? "";
  const startAt = Number(query.get("startAt") ?? 0);
  const maxResults = Math.min(Number(query.get("maxResults") ?? 50), 50);
  const all = site.accounts.all.filter(({ groups }) => groups.includes(group));
  if (all.length === 0)
    return refuse(new Refusal(404, [`The group named '${group}' does not exist.`]));
  const values = all.slice(startAt, startAt + maxResults);
  return ok("users_read", {
    self: `${site.url}/rest/api/2/group/member`,
    maxResults,
    startAt,
    total: all.length,
    isLast: startAt + values.length >= all.length,
    values: values.map((account) => accountBody(account, site)),
  });
}
