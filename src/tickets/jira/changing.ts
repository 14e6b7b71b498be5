/** Changes existing issues: their fields, without a mail where Jira allows that, and the links between them. */
import type { MayAct } from "../../permit.ts";
import { TrackerError } from "../errors.ts";
import type { Issue, IssueChange, IssueUpdate } from "../tracker.ts";
import { fieldHash } from "../written-text.ts";
import type { JiraConnection } from "./connection.ts";
import { type JiraFields, writtenWithoutRefused } from "./optional-fields.ts";
import * as shapes from "./shapes.ts";
import type { JiraSite } from "./site.ts";

export interface Changing {
  readonly site: JiraSite;
  readonly connection: JiraConnection;
  readonly markup: (message: NonNullable<IssueChange["description"]>) => string;
  readonly mayAct: MayAct | undefined;
}

/**
 * With these statuses Jira refuses a change that sends no mails to watchers. Only the project's administrators may make
 * such a change.
 */
const maySayNotQuietly: ReadonlySet<number> = new Set([400, 403]);
/** The type of link that every Jira starts with. */
const linkType = "Relates";

export async function changeIssue(
  changing: Changing,
  issue: Issue,
  change: IssueChange,
): Promise<IssueUpdate> {
  const { id } = await changing.site.keyPlace();
  // If our labels are kept in another field, the field Labels is not ours.
  const ours = id === undefined ? change : { ...change, labels: { add: [], remove: [] } };
  const fields = {
    ...changedFields(issue, ours, changing.markup),
    ...(await assigneeField(changing.site, change)),
  };
  const all = Object.keys(fields);
  if (all.length === 0) return { changed: false, left: [] };
  try {
    const { left } = await writtenWithoutRefused(fields, (sent) => put(changing, issue.id, sent));
    return { changed: left.length < all.length, left };
  } catch (error) {
    // Nothing may be edited. The account may still be allowed to comment.
    if (!isRefused(error)) throw error;
    return { changed: false, left: all };
  }
}

function changedFields(issue: Issue, change: IssueChange, markup: Changing["markup"]): JiraFields {
  const { summary, description, priority, labels = { add: [], remove: [] }, fields = {} } = change;
  const text = description === undefined ? undefined : markup(description);
  const add = labels.add.filter((label) => !issue.labels.includes(label));
  const remove = labels.remove.filter((label) => issue.labels.includes(label));
  return {
    ...newIn(issue, fields),
    ...(summary !== undefined && summary !== issue.summary && { summary }),
    ...(text !== undefined && text !== plain(issue.description) && { description: text }),
    ...(priority !== undefined && { priority: { name: priority } }),
    ...(add.length + remove.length > 0 && { labels: { add, remove } }),
  };
}

/** The fields whose stored value differs. */
function newIn({ fields: stored }: Issue, fields: NonNullable<IssueChange["fields"]>): JiraFields {
  const changed = Object.entries(fields).filter(
    ([id, value]) => fieldHash(stored?.[id], value) !== fieldHash(value, value),
  );
  return Object.fromEntries(changed);
}

/** Jira Cloud takes the account id. Data Center takes the name, which is looked up by the key. */
export async function assigneeField(
  site: JiraSite,
  { assignee }: IssueChange,
): Promise<JiraFields> {
  if (assignee === undefined) return {};
  if (assignee === null) return { assignee };
  if (await site.isCloud()) return { assignee: { accountId: assignee } };
  return { assignee: { name: await site.nameOf(assignee) } };
}

const plain = (text: string): string => text.replaceAll("\r\n", "\n").trim();

async function put(changing: Changing, id: string, fields: JiraFields): Promise<void> {
  if (Object.keys(fields).length === 0) return;
  const body = bodyOf(fields);
  try {
    await putOnce(changing, { id, body, query: { notifyUsers: "false" } });
  } catch (error) {
    if (!(error instanceof TrackerError) || !maySayNotQuietly.has(error.status ?? 0)) throw error;
    if (Object.keys(error.fields).length > 0 || isText(fields)) throw error;
    await putOnce(changing, { id, body, query: {} });
  }
}

/** Text and fields change often, so they stay as they are where a change would send mails. */
const isText = (fields: JiraFields): boolean =>
  Object.keys(fields).every((field) => !mayMail.has(field));
const mayMail: ReadonlySet<string> = new Set(["priority", "labels", "assignee"]);

/** Labels are added and removed one by one, so that those of people stay. */
function bodyOf({ labels, ...set }: JiraFields & Pick<IssueChange, "labels">): unknown {
  const operations = [
    ...(labels?.remove ?? []).map((label) => ({ remove: label })),
    ...(labels?.add ?? []).map((label) => ({ add: label })),
  ];
  return {
    ...(Object.keys(set).length > 0 && { fields: set }),
    ...(operations.length > 0 && { update: { labels: operations } }),
  };
}

interface Put {
  readonly id: string;
  readonly body: unknown;
  readonly query: Readonly<Record<string, string>>;
}

async function putOnce({ connection, mayAct }: Changing, { id, body, query }: Put): Promise<void> {
  await connection.call(
    { name: "update", doing: `changing issue ${id}`, writes: true, mayBeEmpty: true, mayAct },
    (client) => {
      const uri = client.makeUri({ pathname: `/issue/${id}`, query });
      return client.doRequest(client.makeRequestHeader(uri, { method: "PUT", body }));
    },
    shapes.anything,
  );
}

/** @returns false when this Jira does not link, or not these two */
export async function linkIssues(
  { connection, mayAct }: Omit<Changing, "markup" | "site">,
  from: string,
  to: string,
): Promise<boolean> {
  const body = { type: { name: linkType }, inwardIssue: { key: from }, outwardIssue: { key: to } };
  try {
    await connection.call(
      { name: "link", doing: `linking ${from} to ${to}`, writes: true, mayBeEmpty: true, mayAct },
      (client) => {
        const uri = client.makeUri({ pathname: "/issueLink" });
        return client.doRequest(client.makeRequestHeader(uri, { method: "POST", body }));
      },
      shapes.anything,
    );
    return true;
  } catch (error) {
    if (!isRefused(error)) throw error;
    return false;
  }
}

function isRefused(error: unknown): boolean {
  if (!(error instanceof TrackerError) || error.retryable) return false;
  return error.code === "DW_TRACKER_REFUSED" || error.code === "DW_TRACKER_FORBIDDEN";
}
