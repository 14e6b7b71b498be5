/** What goes wrong between Driftwarden and the issue tracker. */
import { DriftwardenError, type DriftwardenErrorOptions } from "../errors.ts";
import type { Issue } from "./tracker.ts";

export type TrackerErrorCode =
  | "DW_JIRA_BAD_URL"
  | "DW_JIRA_INSECURE_URL"
  | "DW_JIRA_BAD_KEY"
  | "DW_JIRA_UNREACHABLE"
  | "DW_JIRA_TIMEOUT"
  | "DW_JIRA_UNAUTHORIZED"
  | "DW_JIRA_FORBIDDEN"
  | "DW_JIRA_PROJECT_MISSING"
  | "DW_JIRA_FIELD_REQUIRED"
  | "DW_JIRA_LABEL_NOT_STORED"
  | "DW_JIRA_RATE_LIMITED"
  | "DW_JIRA_PROTOCOL"
  | "DW_JIRA_TRANSITION_MISSING"
  | "DW_JIRA_UNAVAILABLE"
  | "DW_JIRA_REFUSED"
  | "DW_JIRA_OUTCOME_UNKNOWN";

interface TrackerErrorOptions extends DriftwardenErrorOptions {
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly reason?: string | undefined;
  readonly maybeApplied?: boolean;
  readonly issue?: Issue;
}

const unavailable: ReadonlySet<TrackerErrorCode> = new Set([
  "DW_JIRA_UNREACHABLE",
  "DW_JIRA_TIMEOUT",
  "DW_JIRA_UNAVAILABLE",
  "DW_JIRA_UNAUTHORIZED",
  "DW_JIRA_PROTOCOL",
  "DW_JIRA_RATE_LIMITED",
]);

/** The only error that a Tracker throws. Its text never holds credentials, request bodies or headers. */
export class TrackerError extends DriftwardenError<TrackerErrorCode> {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /**
   * Try again no sooner than this, milliseconds. Also set where an operator can mend the cause (`retryable` is false
   * then): the promise should be kept and tried again slowly, for as long as that takes.
   */
  readonly retryAfterMs: number | undefined;
  /** Which limit was hit, in the tracker's own word. */
  readonly reason: string | undefined;
  /** The write may have taken effect all the same: look it up, never repeat it blindly. */
  readonly maybeApplied: boolean;
  /** With `DW_JIRA_LABEL_NOT_STORED`: the issue that was created all the same. */
  readonly issue: Issue | undefined;

  /** The tracker itself is away. Jira Cloud limits writes to one issue by itself: that says nothing about the others. */
  override get unavailable(): boolean {
    return unavailable.has(this.code) && this.reason !== "jira-per-issue-on-write";
  }

  constructor(code: TrackerErrorCode, message: string, options: TrackerErrorOptions) {
    super(code, message, options);
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.reason = options.reason;
    this.maybeApplied = options.maybeApplied ?? false;
    this.issue = options.issue;
  }
}
