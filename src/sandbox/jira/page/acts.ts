/** What a person does on the page of a ticket, as the calls of Jira's REST API that it stands for. */
import type { SandboxAccount } from "../accounts.ts";
import type { SandboxIssue } from "../issue.ts";
import type { JiraCall, Site } from "../site.ts";

/**
 * @param form what the page sent
 * @returns undefined when nobody of that name may act here, or when it is no act
 */
export function callOf(
  site: Site,
  issue: SandboxIssue,
  form: URLSearchParams,
): JiraCall | undefined {
  const by = site.accounts.all.find(({ name }) => name === form.get("as"));
  const [act = "", id = ""] = (form.get("do") ?? "").split(" ");
  const request = acts[act]?.(site, form, id);
  if (by === undefined || by.kind === "app" || request === undefined) return undefined;
  const { method, path, body } = request;
  const call = { method, path: `/issue/${issue.key}${path}`, body, by };
  return {
    ...call,
    files: undefined,
    query: new URLSearchParams(),
    automated: false,
    language: "en",
  };
}

type Act = (
  site: Site,
  form: URLSearchParams,
  id: string,
) => Pick<JiraCall, "method" | "path" | "body">;

const acts: Readonly<Record<string, Act>> = {
  comment: (_, form) => {
    const body = (form.get("body") ?? "").replaceAll("\r\n", "\n");
    return { method: "POST", path: "/comment", body: { body } };
  },
  move: (...[, , id]) => ({ method: "POST", path: "/transitions", body: { transition: { id } } }),
  assign: (site, form) => {
    const found = site.accounts.all.find(({ name }) => name === form.get("assignee"));
    return { method: "PUT", path: "/assignee", body: assigneeBody(site, found) };
  },
  weigh: (_, form) => {
    const priority = { name: form.get("priority") ?? "" };
    return { method: "PUT", path: "", body: { fields: { priority } } };
  },
};

function assigneeBody({ deployment }: Site, account: SandboxAccount | undefined): JiraCall["body"] {
  if (deployment === "Cloud") return { accountId: account?.accountId ?? null };
  return { name: account?.name ?? null };
}
