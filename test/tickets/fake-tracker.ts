/** A tracker in memory that keeps plain text, whose answers can be lost and whose index can lag. */

import type { Message } from "../../src/messages/message.ts";
import { plainText } from "../../src/messages/plain-text.ts";
import type { MayAct } from "../../src/permit.ts";
import { TrackerError } from "../../src/tickets/errors.ts";
import type {
  CommentChange,
  Issue,
  IssueComment,
  NewIssue,
  Tracker,
} from "../../src/tickets/tracker.ts";

interface FakeIssue extends Issue {
  readonly description: string;
  readonly comments: IssueComment[];
}

function lostAnswer(): TrackerError {
  return new TrackerError("DW_TRACKER_TIMEOUT", "no complete answer", {
    hint: "Wait.",
    retryable: true,
    maybeApplied: true,
  });
}

function stored(id: string, message: Message): IssueComment {
  const last = message.at(-1)?.at(-1);
  return { id, body: plainText(message), mark: last?.kind === "mark" ? last.id : undefined };
}

export class FakeTracker implements Tracker {
  issues: FakeIssue[] = [];
  /** Whether the search shows what was created. */
  indexed = true;
  /** What each call, by name, throws after it took effect; used up. */
  readonly losesAnswerOf: string[] = [];
  /** Whether issues can be closed and reopened. */
  movable = true;
  /** Nobody answers. */
  away = false;
  /** Writes that took effect. */
  writes = 0;

  async create(issue: NewIssue, mayAct?: MayAct): Promise<Issue> {
    await this.#permitted(mayAct);
    const number = this.issues.length + 1;
    const key = `IR-${number}`;
    const created: FakeIssue = {
      id: String(number),
      key,
      url: `http://jira/browse/${key}`,
      labels: issue.labels,
      description: plainText(issue.description),
      done: false,
      wontFix: false,
      comments: [],
    };
    this.issues.push(created);
    return this.#answer("create", created);
  }

  async findByLabel(label: string): Promise<readonly Issue[]> {
    this.#reach();
    const found = this.issues.filter((issue) => issue.labels.includes(label));
    return this.indexed ? found : [];
  }

  async get(id: string): Promise<Issue | undefined> {
    this.#reach();
    return this.issues.find((issue) => issue.id === id);
  }

  async comments(id: string): Promise<readonly IssueComment[]> {
    this.#reach();
    return [...this.#issue(id).comments];
  }

  async addComment(id: string, message: Message, mayAct?: MayAct): Promise<IssueComment> {
    await this.#permitted(mayAct);
    const { comments } = this.#issue(id);
    const comment = stored(String(comments.length + 1), message);
    comments.push(comment);
    return this.#answer("addComment", comment);
  }

  async updateComment(
    id: string,
    { comment, message }: CommentChange,
    mayAct?: MayAct,
  ): Promise<boolean> {
    const changed = stored(comment.id, message);
    if (changed.body === comment.body) return false;
    await this.#permitted(mayAct);
    const { comments } = this.#issue(id);
    comments[comments.findIndex((candidate) => candidate.id === comment.id)] = changed;
    return this.#answer("updateComment", true);
  }

  close(id: string, mayAct?: MayAct): Promise<void> {
    return this.#move(id, { done: true }, mayAct);
  }

  reopen(id: string, mayAct?: MayAct): Promise<void> {
    return this.#move(id, { done: false }, mayAct);
  }

  /** What a person changes by hand. */
  people(id: string, change: Partial<FakeIssue>): void {
    this.issues = this.issues.map((issue) => (issue.id === id ? { ...issue, ...change } : issue));
  }

  async #move(id: string, change: Pick<Issue, "done">, mayAct?: MayAct): Promise<void> {
    if (!this.movable) {
      throw new TrackerError("DW_TRACKER_CANNOT_MOVE", "none", { hint: "Name one." });
    }
    await this.#permitted(mayAct);
    this.people(id, change);
    return this.#answer("move", undefined);
  }

  async #permitted(mayAct: MayAct | undefined): Promise<void> {
    this.#reach();
    await mayAct?.();
    this.writes += 1;
  }

  #reach(): void {
    if (!this.away) return;
    const hint = "Wait.";
    throw new TrackerError("DW_TRACKER_UNREACHABLE", "away", { hint, retryable: true });
  }

  #issue(id: string): FakeIssue {
    const issue = this.issues.find((candidate) => candidate.id === id);
    if (!issue) throw new Error(`no issue ${id}`);
    return issue;
  }

  #answer<T>(call: string, value: T): Promise<T> {
    const index = this.losesAnswerOf.indexOf(call);
    if (index < 0) return Promise.resolve(value);
    this.losesAnswerOf.splice(index, 1);
    return Promise.reject(lostAnswer());
  }
}
