/** A tracker in memory that keeps plain text, whose answers can be lost and whose index can lag. */

import type { Message } from "../../src/messages/message.ts";
import { plainText } from "../../src/messages/plain-text.ts";
import type { MayAct } from "../../src/permit.ts";
import { TrackerError } from "../../src/tickets/errors.ts";
import type {
  AttachedFile,
  CommentChange,
  Issue,
  IssueChange,
  IssueComment,
  IssueUpdate,
  NewIssue,
  TicketFiles,
  Tracker,
} from "../../src/tickets/tracker.ts";

interface FakeIssue extends Issue {
  readonly priority: string | undefined;
  readonly comments: IssueComment[];
  readonly links: readonly string[];
}

function lostAnswer(): TrackerError {
  return new TrackerError("DW_TRACKER_TIMEOUT", "no complete answer", {
    hint: "Wait.",
    retryable: true,
    maybeApplied: true,
  });
}

function changedBy({ labels }: Issue, change: IssueChange): Partial<FakeIssue> {
  const { description, labels: { add, remove } = { add: [], remove: [] }, ...rest } = change;
  const kept = labels.filter((label) => !remove.includes(label));
  const text = description && { description: plainText(description) };
  return { ...rest, ...text, labels: [...new Set([...kept, ...add])] };
}

function isSo(issue: Issue, { summary, description, labels, priority }: IssueChange): boolean {
  const text = description === undefined ? issue.description : plainText(description);
  const labelled = (labels?.add ?? []).every((label) => issue.labels.includes(label));
  const named = (summary ?? issue.summary) === issue.summary;
  return named && text === issue.description && labelled && priority === undefined;
}

function stored(id: string, message: Message): IssueComment {
  const last = message.at(-1)?.at(-1);
  const mark = last?.kind === "mark" ? last.id : undefined;
  return { id, author: "us", body: plainText(message), mark };
}

export class FakeTracker implements Tracker {
  issues: FakeIssue[] = [];
  /** Whether the search shows what was created. */
  indexed = true;
  /** What each call, by name, throws after it took effect; used up. */
  readonly losesAnswerOf: string[] = [];
  /** Whether issues can be closed and reopened. */
  movable = true;
  /** Parts of a change that the tracker does not take, and whether it links. */
  refuses: readonly string[] = [];
  linking = true;
  /** Whether issues can be looked at one by one behind the index. */
  listing = false;
  /** Whether files are taken, and those that were, with the issue of each. */
  takesFiles = true;
  readonly attached: (AttachedFile & { readonly issue: string; readonly bytes: Buffer })[] = [];
  /** Every file is stored twice, as by a proxy that sends a request again. */
  doubling = false;
  readonly files: TicketFiles = {
    list: async (id) => {
      this.#reach();
      return this.attached
        .filter(({ issue }) => issue === id)
        .map(({ id: file, name }) => ({ id: file, name }));
    },
    attach: async (issue, { name, bytes }, mayAct) => {
      await this.#permitted(mayAct);
      if (!this.takesFiles) return false;
      for (let copies = this.doubling ? 2 : 1; copies > 0; copies -= 1)
        this.attached.push({ id: String(this.calls + copies), name, issue, bytes });
      return this.#answer("attach", true);
    },
    remove: async ({ id }, mayAct) => {
      await this.#permitted(mayAct);
      const place = this.attached.findIndex((file) => file.id === id);
      this.attached.splice(place, 1);
      return true;
    },
  };
  /** Nobody answers. */
  away = false;
  /** Calls of any kind. */
  calls = 0;
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
      summary: issue.summary,
      description: plainText(issue.description),
      priority: issue.priority,
      done: false,
      wontFix: false,
      comments: [],
      links: [],
    };
    this.issues.push(created);
    return this.#answer("create", created);
  }

  async findByLabel(label: string): Promise<readonly Issue[]> {
    this.#reach();
    const found = this.issues.filter((issue) => issue.labels.includes(label));
    return this.indexed ? found : [];
  }

  async ping(): Promise<void> {
    this.#reach();
  }

  async findAmongNewest(isIt: (issue: Issue) => boolean): Promise<Issue | "unsure" | undefined> {
    this.#reach();
    return this.listing ? this.issues.find(isIt) : "unsure";
  }

  async openIds(label: string): Promise<ReadonlySet<string>> {
    this.#reach();
    const open = this.issues.filter((issue) => !issue.done && issue.labels.includes(label));
    return new Set(open.map(({ id }) => id));
  }

  descriptionOf(message: Message): string {
    return plainText(message);
  }

  async update(issue: Issue, change: IssueChange, mayAct?: MayAct): Promise<IssueUpdate> {
    const { id } = issue;
    if (isSo(issue, change)) return { changed: false, left: [] };
    await this.#permitted(mayAct);
    const taken = Object.fromEntries(
      Object.entries(change).filter(([part]) => !this.refuses.includes(part)),
    );
    this.people(id, changedBy(this.#issue(id), taken));
    const left = Object.keys(change).filter((part) => this.refuses.includes(part));
    return this.#answer("update", { changed: left.length < Object.keys(change).length, left });
  }

  async link(id: string, other: string, mayAct?: MayAct): Promise<boolean> {
    await this.#permitted(mayAct);
    if (!this.linking) return false;
    const issue = this.#issue(id);
    this.people(issue.id, { links: [...new Set([...issue.links, other])] });
    return this.#answer("link", true);
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
    this.calls += 1;
    if (!this.away) return;
    const hint = "Wait.";
    throw new TrackerError("DW_TRACKER_UNREACHABLE", "away", { hint, retryable: true });
  }

  #issue(id: string): FakeIssue {
    const issue = this.issues.find((candidate) => candidate.id === id || candidate.key === id);
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
