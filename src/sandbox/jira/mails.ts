/** Counts the mails that Jira would have sent to the watchers of a ticket, by its default notification scheme. */
import type { JiraCall, Reply } from "./site.ts";

/** Edits of a comment are left out: they are how a ticket is kept up to date without a mail. */
const mailed: ReadonlySet<string> = new Set([
  "issue_created",
  "issue_edited",
  "issue_assigned",
  "issue_moved",
  "issue_resolved",
  "issue_reopened",
  "issue_deleted",
  "attachment_added",
  "attachment_deleted",
  "comment_added",
  "comment_deleted",
]);

export class MailCount {
  /** Names of the accounts that caused the mails, by the key of the issue. */
  readonly #byIssue = new Map<string, string[]>();

  /** A call that was answered. `notifyUsers=false` keeps an edit of the issue quiet. */
  take(
    { query, by }: Pick<JiraCall, "query" | "by">,
    { what, issue }: Pick<Reply, "what" | "issue">,
  ): void {
    const quiet = what === "issue_edited" && query.get("notifyUsers") === "false";
    if (issue === undefined || quiet || !mailed.has(what)) return;
    this.#byIssue.set(issue, [...(this.#byIssue.get(issue) ?? []), by.name]);
  }

  /**
   * @param key of the ticket
   * @param watcher name of one: Jira mails nobody about what they did themselves
   */
  of(key: string, watcher?: string): number {
    const causes = this.#byIssue.get(key) ?? [];
    return causes.filter((name) => name !== watcher).length;
  }
}
