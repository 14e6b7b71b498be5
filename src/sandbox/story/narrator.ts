/** Tells what happens in the demo, from the ledgers of its parts: lines for people, or JSON lines. */
import { plainText } from "../../messages/plain-text.ts";
import { plainTicket } from "../../tickets/plain-ticket.ts";
import type { JiraSandbox } from "../jira/server.ts";
import type { JiraLedgerEntry } from "../jira/serving.ts";

export interface Narration {
  readonly print: (line: string) => void;
  readonly json: boolean;
}

const told: ReadonlySet<string> = new Set([
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
      if (told.has(entry.what)) this.#entry(entry);
    }
  }

  #entry(entry: JiraLedgerEntry): void {
    const issue = this.#jira
      .issues()
      .find(({ key, id }) => entry.issue === key || entry.issue === id);
    if (issue === undefined) return;
    const base = { event: entry.what, ticket: issue.key, summary: issue.summary };
    if (entry.what === "issue_created") {
      this.#ticketsTold += 1;
      // The first ticket is shown as people would read it; the others by their title.
      const ticket = { ...issue, description: this.#jira.messages.of(issue.description) };
      const whole = this.#ticketsTold === 1 ? `\n\n${indented(plainTicket(ticket))}\n` : "";
      this.#tell(entry.at, base, `${issue.key} opened: ${issue.summary}${whole}`);
    } else if (entry.what === "comment_added") {
      const place = this.#commentsTold.get(issue.key) ?? 0;
      this.#commentsTold.set(issue.key, place + 1);
      const markup = issue.comments[place]?.body ?? "";
      const body = plainText(this.#jira.messages.of(markup)).trim();
      this.#tell(
        entry.at,
        { ...base, body },
        `${issue.key} comment: ${body.replaceAll("\n", "\n            ")}`,
      );
    } else {
      this.#tell(entry.at, base, `${issue.key} ${entry.what.replace("issue_", "")}`);
    }
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
