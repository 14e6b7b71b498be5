/** Sends webhooks as Jira does: at least once, later than the answer to the request, and in no guaranteed order. */
import { createHmac, randomUUID } from "node:crypto";
import { accountOf, commentBody, issueBody } from "./bodies.ts";
import { type JiraCall, type Reply, type Site, shownBy } from "./site.ts";

export interface Webhook {
  readonly url: string;
  /** Signs the body: `X-Hub-Signature: sha256=…`. Default: unsigned. */
  readonly secret?: string;
}

const events: Readonly<Record<string, string>> = {
  issue_created: "jira:issue_created",
  issue_edited: "jira:issue_updated",
  issue_assigned: "jira:issue_updated",
  issue_moved: "jira:issue_updated",
  issue_resolved: "jira:issue_updated",
  issue_reopened: "jira:issue_updated",
  issue_deleted: "jira:issue_deleted",
  comment_added: "comment_created",
  comment_edited: "comment_updated",
  comment_deleted: "comment_deleted",
};

const attempts = 3;

export class Webhooks {
  readonly #hooks: readonly Webhook[];
  readonly #underway = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(hooks: readonly Webhook[]) {
    this.#hooks = hooks;
  }

  /** A call was answered. */
  tell(site: Site, { by }: Pick<JiraCall, "by">, reply: Reply): void {
    const webhookEvent = events[reply.what];
    if (webhookEvent === undefined || this.#hooks.length === 0) return;
    const body = JSON.stringify({
      timestamp: site.now(),
      webhookEvent,
      ...about(site, reply, by.name),
    });
    for (const hook of this.#hooks) {
      const sending = this.#send(hook, body).finally(() => this.#underway.delete(sending));
      this.#underway.add(sending);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#underway);
  }

  /** Each attempt has the same identifier, so the receiver can recognise a repetition. */
  async #send({ url, secret }: Webhook, body: string): Promise<void> {
    const identifier = randomUUID();
    const signature = secret && createHmac("sha256", secret).update(body).digest("hex");
    for (let retry = 0; retry < attempts; retry += 1) {
      const answer = await fetch(url, {
        method: "POST",
        redirect: "error",
        signal: this.#stopping.signal,
        headers: {
          "content-type": "application/json",
          "x-atlassian-webhook-identifier": identifier,
          "x-atlassian-webhook-retry": String(retry),
          ...(signature && { "x-hub-signature": `sha256=${signature}` }),
        },
        body,
      }).catch(() => undefined);
      if (answer?.ok === true || this.#stopping.signal.aborted) return;
    }
  }
}

/** A comment comes with little of its issue. */
function about(site: Site, reply: Reply, author: string): Readonly<Record<string, unknown>> {
  const shown = shownBy(site);
  const issue = site.tracker.find(reply.issue ?? "");
  if (issue === undefined) return { issue: { key: reply.issue } };
  const comment = issue.comments.find(({ id }) => id === reply.comment);
  if (comment === undefined)
    return { user: accountOf(author, shown), issue: issueBody(issue, shown) };
  return {
    comment: commentBody(comment, issue, shown),
    issue: issueBody(issue, shown, new Set(["summary", "status"])),
  };
}
