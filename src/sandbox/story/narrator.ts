/** Tells what happens in the demo, from the ledgers of its parts: lines for people, or JSON lines. */
import { plainText } from "../../messages/plain-text.ts";
import { plainTicket } from "../../tickets/plain-ticket.ts";
import type { SandboxIssue } from "../jira/issue.ts";
import type { JiraSandbox } from "../jira/server.ts";
import type { JiraLedgerEntry } from "../jira/serving.ts";

export interface Narration {
  readonly print: (line: string) => void;
  readonly json: boolean;
  /** Name of Driftwarden's account; everybody else is a person. */
  readonly bot: string;
}

const narratedKinds: ReadonlySet<string> = new Set([
  "issue_created",
  "comment_added",
  "issue_resolved",
  "issue_reopened",
]);

export class Narrator {
  readonly #jira: JiraSandbox;
  readonly #narration: Narration;
  readonly #commentsTold = new Map<string, number>();
  #entriesTold = 0;
  #ticketsTold = 0;

  constructor(jira: JiraSandbox, narration: Narration) {
    this.#jira = jira;
    this.#narration = narration;
  }

  /** Something that the story itself does. */
  scene(atMs: number, what: string): void {
    this.#tell(atMs, { event: "scene", what }, `── ${what}`);
  }

  /** What came into the tracker's ledger since the last call. */
  catchUp(): void {
    for (const entry of this.#jira.ledger.slice(this.#entriesTold)) {
      this.#entriesTold += 1;
      if (narratedKinds.has(entry.what)) this.#entry(entry);
    }
  }

  #entry(entry: JiraLedgerEntry): void {
    const issue = this.#jira
      .issues()
      .find(({ key, id }) => entry.issue === key || entry.issue === id);
    if (issue === undefined) return;
    const { user, what, at } = entry;
    const base = { event: what, by: user, ticket: issue.key, summary: issue.summary };
    if (what === "issue_created")
      return this.#tell(at, base, `${issue.key} opened: ${this.#opened(issue)}`);
    const isOurs = user === this.#narration.bot;
    if (what === "comment_added") {
      const body = this.#newComment(issue, isOurs);
      const by = isOurs ? "comment" : user;
      const lines = body.replaceAll("\n", "\n            ");
      return this.#tell(at, { ...base, body }, `${issue.key} ${by}: ${lines}`);
    }
    const by = isOurs ? "" : ` by ${user}`;
    this.#tell(at, base, `${issue.key} ${what.replace("issue_", "")}${by}`);
  }

  /** The first ticket is shown as people would read it; the others by their title. */
  #opened(issue: SandboxIssue): string {
    this.#ticketsTold += 1;
    if (this.#ticketsTold > 1) return issue.summary;
    const ticket = { ...issue, description: this.#jira.messages.of(issue.description) };
    return `${issue.summary}\n\n${indented(plainTicket(ticket))}\n`;
  }

  #newComment({ key, comments }: SandboxIssue, isOurs: boolean): string {
    const place = this.#commentsTold.get(key) ?? 0;
    this.#commentsTold.set(key, place + 1);
    const markup = comments[place]?.body ?? "";
    return isOurs ? plainText(this.#jira.messages.of(markup)).trim() : markup;
  }

  #tell(atMs: number, fields: object, line: string): void {
    const at = new Date(atMs).toISOString();
    const { json, print } = this.#narration;
    print(
      json ? JSON.stringify({ at, ...fields }) : `${at.slice(5, 16).replace("T", " ")} ${line}`,
    );
  }
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "   │ ");
}
