/** The base class of all errors that Driftwarden throws on purpose. Each room has its codes in its own `errors.ts`. */

export interface DriftwardenErrorOptions {
  /** What the operator does next, as a full sentence. */
  readonly hint: string;
  /** Whether the same call may succeed later without anybody changing anything. Default false. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * An error that an operator can act on: a stable code, a message that says what happened, a hint that says what to do.
 *
 * Each room derives classes from it that narrow `code` to the room's union.
 */
export class DriftwardenError<Code extends `DW_${string}` = `DW_${string}`> extends Error {
  readonly code: Code;
  readonly hint: string;
  readonly retryable: boolean;

  /**
   * Whether the other side itself is unavailable, or refuses all calls for now. Every other call would fail too.
   * Error classes of outside systems override it.
   */
  get unavailable(): boolean {
    return false;
  }

  constructor(code: Code, message: string, options: DriftwardenErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
  }
}

/** Whether an error says that the other side itself is unavailable, see {@link DriftwardenError.unavailable}. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof DriftwardenError && error.unavailable;
}

/** Whether a write failed because a newer claim exists. The process then drops what it has in memory. */
export function isFenced(error: unknown): error is DriftwardenError {
  return error instanceof DriftwardenError && error.code.endsWith("_FENCED");
}

/** What happened and what to do about it, for people. */
export function describeError(error: unknown): string {
  const message = messageOf(error);
  return error instanceof DriftwardenError ? `${message}. ${error.hint}` : message;
}

/** The message of anything thrown, for wrapping: `polling public.metrics: ${messageOf(error)}`. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(messageOf).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}
