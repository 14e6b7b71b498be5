/** The sandbox's answers, shaped as Jira's REST v2 shapes them on Cloud and on Data Center. */
import { type Accounts, accountBody, type Deployment } from "./accounts.ts";
import type {
  Refusal,
  SandboxAttachment,
  SandboxComment,
  SandboxHistory,
  SandboxIssue,
} from "./issue.ts";
import type { Status } from "./workflow.ts";

/** What the shapes depend on. */
export interface Shown {
  readonly url: string;
  readonly deployment: Deployment;
  readonly accounts: Accounts;
}

/** @param only ids of fields; undefined gives all */
export function issueBody(
  issue: SandboxIssue,
  shown: Shown,
  only?: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  const { assignee, resolvedAtMs, resolution } = issue;
  const all = {
    ...issue.custom,
    summary: issue.summary,
    description: issue.description,
    labels: issue.labels,
    issuetype: { name: issue.issueType },
    priority: { name: issue.priority },
    reporter: accountOf(issue.reporter, shown),
    assignee: assignee === undefined ? null : accountOf(assignee, shown),
    status: statusBody(issue.status, shown),
    resolution: resolution === undefined ? null : { name: resolution },
    created: isoTime(issue.createdAtMs),
    updated: isoTime(issue.updatedAtMs),
    attachment: issue.attachments.map((attachment) => attachmentBody(attachment, shown)),
    resolutiondate: resolvedAtMs === undefined ? null : isoTime(resolvedAtMs),
  };
  const wanted = Object.entries(all).filter(([id]) => only === undefined || only.has(id));
  const self = `${shown.url}/rest/api/2/issue/${issue.id}`;
  return { id: issue.id, key: issue.key, self, fields: Object.fromEntries(wanted) };
}

export function attachmentBody(
  { id, name, type, author, createdAtMs, bytes }: SandboxAttachment,
  shown: Shown,
): Readonly<Record<string, unknown>> {
  const { url, deployment } = shown;
  const cloud = deployment === "Cloud";
  return {
    self: `${url}/rest/api/2/attachment/${id}`,
    id,
    filename: name,
    author: accountOf(author, shown),
    created: isoTime(createdAtMs),
    size: bytes.length,
    mimeType: type,
    content: cloud
      ? `${url}/rest/api/2/attachment/content/${id}`
      : `${url}/secure/attachment/${id}/${encodeURIComponent(name)}`,
  };
}

/** On Data Center only this property of a comment says for whom it is. */
export function internalProperties({ internal }: SandboxComment): unknown {
  return internal ? [{ key: "sd.public.comment", value: { internal } }] : [];
}

export function commentBody(
  comment: SandboxComment,
  issue: SandboxIssue,
  shown: Shown,
): Readonly<Record<string, unknown>> {
  return {
    self: `${shown.url}/rest/api/2/issue/${issue.id}/comment/${comment.id}`,
    id: comment.id,
    author: accountOf(comment.author, shown),
    body: comment.body,
    updateAuthor: accountOf(comment.updateAuthor, shown),
    created: isoTime(comment.createdAtMs),
    updated: isoTime(comment.updatedAtMs),
    ...(shown.deployment === "Cloud" && serviceDeskBody(comment, shown)),
  };
}

function serviceDeskBody({ author, internal }: SandboxComment, { accounts }: Shown) {
  const byMail = accounts.named(author).byMail;
  return { jsdPublic: !internal, ...(byMail && { jsdAuthorCanSeeRequest: false }) };
}

/** Cloud shows the newest change first, Data Center the oldest. */
export function changelogBody({ history }: SandboxIssue, shown: Shown): unknown {
  const all = history.map((entry) => historyBody(entry, shown));
  const histories = shown.deployment === "Cloud" ? all.toReversed() : all;
  return { startAt: 0, maxResults: all.length, total: all.length, histories };
}

export function historyBody(entry: SandboxHistory, shown: Shown): unknown {
  const { id, author, atMs, items, automated } = entry;
  const cloud = shown.deployment === "Cloud";
  const account = (name: string | null): string | null => {
    if (name === null) return null;
    const { accountId, key } = shown.accounts.named(name);
    return cloud ? accountId : key;
  };
  return {
    id,
    author: accountOf(author, shown),
    created: isoTime(atMs),
    items: items.map(({ field, from, to }) => ({
      field,
      fieldtype: "jira",
      ...(cloud && { fieldId: field }),
      from: field === "assignee" ? account(from[0]) : from[0],
      fromString: field === "assignee" ? displayName(from[1], shown) : from[1],
      to: field === "assignee" ? account(to[0]) : to[0],
      toString: field === "assignee" ? displayName(to[1], shown) : to[1],
    })),
    ...(automated && {
      historyMetadata: { type: "automation", description: "Changed by an automation rule" },
    }),
  };
}

const displayName = (name: string | null, { accounts }: Shown): string | null =>
  name === null ? null : accounts.named(name).displayName;

export function refusalBody({ messages, errors }: Refusal): unknown {
  return { errorMessages: messages, errors };
}

const categoryIds = { new: 2, indeterminate: 4, done: 3 } as const;

export function statusBody({ id, name, category }: Status, { url }: Shown): unknown {
  const self = `${url}/rest/api/2/status/${id}`;
  return { self, id, name, statusCategory: { id: categoryIds[category], key: category } };
}

export function accountOf(name: string, shown: Shown): unknown {
  return accountBody(shown.accounts.named(name), shown);
}

/** Jira writes the zone as +0000. */
function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "+0000");
}
