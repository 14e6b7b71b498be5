/** How often Jira would have mailed the watchers of a ticket, by the notification scheme that it comes with. */
import type { JiraCall, Reply } from "./routes.ts";

/** Edits of a comment are left out: they are how a ticket is kept up to date without a mail. */
const mailed: ReadonlySet<string> = new Set([
  "issue_created",
  "issue_edited",
  "issue_moved",
  "issue_resolved",
  "issue_reopened",
  "comment_added",
]);

export class MailCount {
  readonly #byIssue = new Map<string, number>();

  /** A call that was answered. `notifyUsers=false` keeps an edit of the issue quiet. */
  take({ query }: Pick<JiraCall, "query">, { what, issue }: Pick<Reply, "what" | "issue">): void {
    const quiet = what === "issue_edited" && query.get("notifyUsers") === "false";
    if (issue === undefined || quiet || !mailed.has(what)) return;
    this.#byIssue.set(issue, this.of(issue) + 1);
  }

  /** @param key of the ticket */
  of(key: string): number {
    return this.#byIssue.get(key) ?? 0;
  }
}
