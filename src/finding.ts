/** The result of checking one part: right, doubtful or wrong. The checks themselves are elsewhere. */
import { DriftwardenError, messageOf } from "./errors.ts";

/** One line of `driftwarden check`. */
export interface CheckFinding {
  /** What was looked at, such as `login` or `index`. */
  readonly check: string;
  readonly ok: boolean;
  /** It works, and somebody should look at it. */
  readonly doubtful: boolean;
  readonly code: string | null;
  readonly message: string;
  /** What to do next; null when there is nothing. */
  readonly hint: string | null;
  /** The key of the configuration that decides it. */
  readonly key?: string | undefined;
  /** Who can take the next step: `you`, or a role such as `root on this machine`. Left out: the part decides. */
  readonly ask?: string | undefined;
}

interface FindingText {
  readonly message: string;
  readonly hint: string;
  readonly code?: string;
  readonly key?: string;
  readonly ask?: string;
}

export const fine = (check: string, message: string): CheckFinding => ({
  check,
  ok: true,
  doubtful: false,
  code: null,
  message,
  hint: null,
});

export const doubtful = (check: string, text: FindingText): CheckFinding => ({
  check,
  ok: true,
  doubtful: true,
  code: null,
  ...text,
});

export const wrong = (
  check: string,
  text: FindingText & { readonly code: string },
): CheckFinding => ({
  check,
  ok: false,
  doubtful: false,
  ...text,
});

/** The finding for an error that a check threw. */
export function failed(check: string, error: unknown, key?: string): CheckFinding {
  const known = error instanceof DriftwardenError ? error : undefined;
  return {
    check,
    ok: false,
    doubtful: false,
    code: known?.code ?? null,
    message: messageOf(error).replaceAll(/\s+/g, " "),
    hint: known?.hint ?? "DEBUG=1 shows where it comes from.",
    key,
  };
}
