/** The port to an issue tracker, declared by who needs it: the few calls tickets/ makes. */
import type { FieldValue } from "../field-template.ts";
import type { Message } from "../messages/message.ts";
import type { MayAct } from "../permit.ts";
import type { RouteKeys } from "./route.ts";

export interface NewIssue {
  readonly summary: string;
  readonly description: Message;
  readonly labels: readonly string[];
  /** Name of the priority; undefined leaves the project's default. */
  readonly priority: string | undefined;
  /** What the matching routes add. Default: nothing. */
  readonly route?: RouteKeys;
}

export interface Issue {
  readonly id: string;
  readonly key: string;
  /** Where people open it. */
  readonly url: string;
  readonly labels: readonly string[];
  /** Whether it is closed. */
  readonly done: boolean;
  /** People closed it as something that will not be fixed: it is never reopened. */
  readonly wontFix: boolean;
  /** As the tracker stores them. Where they differ from what was read after our last write, people edited them. */
  readonly summary: string;
  /** Empty where the tracker does not show it. */
  readonly description: string;
  /** Fields that routes keep up to date, as the tracker stores them. Left out where there are none. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** A change of an issue. Keys that are left out stay as they are. */
export interface IssueChange {
  readonly summary?: string;
  readonly description?: Message;
  readonly labels?: { readonly add: readonly string[]; readonly remove: readonly string[] };
  /** Account of the assignee; null for nobody. */
  readonly assignee?: string | null;
  /** Name of the priority. */
  readonly priority?: string;
  /** By the tracker's own ids, as its API takes them. */
  readonly fields?: Readonly<Record<string, FieldValue>>;
}

export interface IssueUpdate {
  /** Whether anything was written. */
  readonly changed: boolean;
  /** The parts that the tracker did not take. */
  readonly left: readonly string[];
}

export interface IssueComment {
  readonly id: string;
  /** Account of who wrote it; empty when the tracker does not say. */
  readonly author: string;
  /** As the tracker stores it. */
  readonly body: string;
  /** The id of the mark block that ends it; undefined when it has none. A mark that somebody quotes further up is none. */
  readonly mark: string | undefined;
}

/** A file that is attached to an issue. */
export interface AttachedFile {
  readonly id: string;
  readonly name: string;
}

export interface NewFile {
  /** Letters, digits, dots and dashes. */
  readonly name: string;
  /** For example `image/png`. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** Files of issues. A refusal is an answer here: a ticket is complete without a file. */
export interface TicketFiles {
  /** Oldest first. */
  list(id: string): Promise<readonly AttachedFile[]>;
  /** @returns false when the tracker takes no files, or not this one */
  attach(id: string, file: NewFile, mayAct?: MayAct): Promise<boolean>;
  /** @returns false when we may not, or it is gone */
  remove(file: AttachedFile, mayAct?: MayAct): Promise<boolean>;
}

export interface CommentChange {
  /** The comment as it was read. */
  readonly comment: IssueComment;
  /** The new text. */
  readonly message: Message;
}

/**
 * A write asks `mayAct` when the connection stands: it leaves under a good permit, or not at all.
 *
 * Every call settles within the adapter's own deadline and throws only `TrackerError`, whose `maybeApplied` says
 * whether a write may have taken effect nevertheless (look it up, never repeat it blindly), and what `mayAct` throws.
 */
export interface Tracker {
  /** One cheap read, within 10 s: whether the tracker answers and accepts our login. */
  ping(): Promise<void>;
  /** Whether what may wait may be asked now; left out where the tracker names no rate. */
  hasRoom?(): boolean;
  /** Leaves out fields that the tracker does not take: a ticket without a priority is better than none. */
  create(issue: NewIssue, mayAct?: MayAct): Promise<Issue>;
  /** Issues that carry the label, oldest first. The index behind it may lag minutes behind a create. */
  findByLabel(label: string): Promise<readonly Issue[]>;
  /**
   * Looks at the newest issues one by one. No index lags here.
   *
   * @returns undefined when none of them fits; `unsure` when there are too many to read
   */
  findAmongNewest(isIt: (issue: Issue) => boolean): Promise<Issue | "unsure" | undefined>;
  /** Ids of the issues with this label that are not closed, by the tracker's own word, all pages of them. */
  openIds(label: string): Promise<ReadonlySet<string>>;
  /** The source of truth about one issue; undefined when it is gone. */
  get(id: string): Promise<Issue | undefined>;
  /** The description that `get` shows after this message was written. */
  descriptionOf(message: Message): string;
  /**
   * Changes what differs and what the tracker takes, without mails where that is possible. @param issue as it was read
   */
  update(issue: Issue, change: IssueChange, mayAct?: MayAct): Promise<IssueUpdate>;
  /** Links two issues, once. @returns false when the tracker does not link */
  link(id: string, other: string, mayAct?: MayAct): Promise<boolean>;
  /** Left out where the tracker keeps no files: a ticket then has a text in place of a picture. */
  readonly files?: TicketFiles;
  comments(id: string): Promise<readonly IssueComment[]>;
  addComment(id: string, message: Message, mayAct?: MayAct): Promise<IssueComment>;
  /** @returns false when the comment says so already: nothing is written then */
  updateComment(id: string, change: CommentChange, mayAct?: MayAct): Promise<boolean>;
  /** Left out where comments cannot be deleted. @returns false when we may not */
  removeComment?(id: string, comment: IssueComment, mayAct?: MayAct): Promise<boolean>;
  /** Afterwards the issue is done. Throws `DW_TRACKER_CANNOT_MOVE` where the tracker has no such move, or refuses it. */
  close(id: string, mayAct?: MayAct): Promise<void>;
  /** Afterwards the issue is not done. Throws `DW_TRACKER_CANNOT_MOVE` where the tracker has no such move, or refuses it. */
  reopen(id: string, mayAct?: MayAct): Promise<void>;
}

/** Called with each description or comment that is sent, and with the message that it renders. */
export type OnRendered = (markup: string, message: Message) => void;
