/** The port to an issue tracker, declared by who needs it: the few calls tickets/ makes. */
import type { MayAct } from "../permit.ts";

export interface NewIssue {
  readonly summary: string;
  /** Wiki markup. */
  readonly description: string;
  readonly labels: readonly string[];
  /** Name of the priority; undefined leaves the project's default. */
  readonly priority: string | undefined;
}

export interface Issue {
  readonly id: string;
  readonly key: string;
  /** Where people open it. */
  readonly url: string;
  readonly labels: readonly string[];
  /** Whether its status belongs to the category "done". */
  readonly done: boolean;
  /** Name of the resolution; undefined when unresolved. */
  readonly resolution: string | undefined;
}

export interface IssueComment {
  readonly id: string;
  readonly body: string;
}

/**
 * A write asks `mayAct` when the connection stands: it leaves under a good permit, or not at all.
 *
 * Every call settles within the adapter's own deadline and throws only `TrackerError`, whose `maybeApplied` says
 * whether a write may have taken effect all the same (look it up, never repeat it blindly), and what `mayAct` throws.
 */
export interface Tracker {
  create(issue: NewIssue, mayAct?: MayAct): Promise<Issue>;
  /** Issues that carry the label, oldest first. The index behind it may lag minutes behind a create. */
  findByLabel(label: string): Promise<readonly Issue[]>;
  /** The source of truth about one issue; undefined when it is gone. */
  get(id: string): Promise<Issue | undefined>;
  comments(id: string): Promise<readonly IssueComment[]>;
  addComment(id: string, body: string, mayAct?: MayAct): Promise<IssueComment>;
  updateComment(id: string, comment: IssueComment, mayAct?: MayAct): Promise<void>;
  /** Moves the issue by the transition of this name or id. Throws `DW_JIRA_TRANSITION_MISSING` naming those there are. */
  transition(id: string, transition: string, mayAct?: MayAct): Promise<void>;
}
