/** The errors between Driftwarden and any issue tracker. */
import { DriftwardenError, type DriftwardenErrorOptions } from "../errors.ts";
import type { Issue } from "./tracker.ts";

/** The codes that any tracker can give. An adapter declares further codes for what only its own tracker has. */
export type TrackerErrorCode =
  | "DW_TRACKER_UNREACHABLE"
  | "DW_TRACKER_TIMEOUT"
  | "DW_TRACKER_UNAVAILABLE"
  | "DW_TRACKER_UNAUTHORIZED"
  | "DW_TRACKER_FORBIDDEN"
  | "DW_TRACKER_RATE_LIMITED"
  | "DW_TRACKER_PROTOCOL"
  | "DW_TRACKER_REFUSED"
  | "DW_TRACKER_LABEL_NOT_STORED"
  | "DW_TRACKER_CANNOT_MOVE"
  | "DW_TRACKER_OUTCOME_UNKNOWN";

export interface TrackerErrorOptions extends DriftwardenErrorOptions {
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly reason?: string | undefined;
  readonly oneIssueOnly?: boolean | undefined;
  readonly maybeApplied?: boolean;
  readonly issue?: Issue;
  readonly fields?: Readonly<Record<string, string>> | undefined;
}

const unavailable: ReadonlySet<string> = new Set([
  "DW_TRACKER_UNREACHABLE",
  "DW_TRACKER_TIMEOUT",
  "DW_TRACKER_UNAVAILABLE",
  "DW_TRACKER_UNAUTHORIZED",
  "DW_TRACKER_PROTOCOL",
  "DW_TRACKER_RATE_LIMITED",
] satisfies readonly TrackerErrorCode[]);

/** The only error that a Tracker throws. Its text never holds credentials, request bodies or headers. */
export class TrackerError extends DriftwardenError {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /**
   * Try again no sooner than this, milliseconds. It is also set where an operator can mend the cause, with `retryable`
   * false. The effect is then kept, and tried again slowly until somebody has mended it.
   */
  readonly retryAfterMs: number | undefined;
  /** Which limit was hit, in the tracker's own word, or how a login failed. */
  readonly reason: string | undefined;
  /** Whether the limit is for this one issue, and others may be written. */
  readonly oneIssueOnly: boolean;
  /** The write may have taken effect nevertheless: look it up, never repeat it blindly. */
  readonly maybeApplied: boolean;
  /** With `DW_TRACKER_LABEL_NOT_STORED`: the issue that was created nevertheless. */
  readonly issue: Issue | undefined;
  /** The tracker's complaints about single fields. */
  readonly fields: Readonly<Record<string, string>>;

  /** Whether the tracker itself is unavailable. */
  override get unavailable(): boolean {
    return unavailable.has(this.code) && !this.oneIssueOnly;
  }

  /** @param code a {@link TrackerErrorCode}, or an adapter's own */
  constructor(code: DriftwardenError["code"], message: string, options: TrackerErrorOptions) {
    super(code, message, options);
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.reason = options.reason;
    this.oneIssueOnly = options.oneIssueOnly ?? false;
    this.maybeApplied = options.maybeApplied ?? false;
    this.issue = options.issue;
    this.fields = options.fields ?? {};
  }
}
