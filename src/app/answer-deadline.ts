/** Runs the check of one part with a deadline, so that a part that hangs does not hold up the others. */
import { setTimeout as timer } from "node:timers/promises";
import { type CheckFinding, failed } from "../finding.ts";
import { CheckError } from "./errors.ts";

export const answerDeadlineMs = 15_000;

/** A part that `check` looks at. */
export interface PartCheck {
  /** A dependency, such as `store` or `source:main`, or a part of the configuration, such as `fixes`. */
  readonly part: string;
  /** Writes nothing anywhere. After {@link withAnswerDeadline} it settles within the deadline and never rejects. */
  readonly look: Look;
  /** The cheapest question that shows whether the part still answers us. Default: `look`, which is cheap too. */
  readonly ping?: Look | undefined;
}

type Look = () => Promise<readonly CheckFinding[]>;

/** @param deadlineMs after it the part has failed with DW_CHECK_TIMEOUT */
export function withAnswerDeadline(
  { part, look, ping }: PartCheck,
  deadlineMs = answerDeadlineMs,
): PartCheck {
  const within = (asked: Look): Look => withinDeadline(asked, { part, deadlineMs });
  return { part, look: within(look), ping: ping && within(ping) };
}

function withinDeadline(
  look: Look,
  { part, deadlineMs }: { readonly part: string; readonly deadlineMs: number },
): Look {
  return async () => {
    const answered = new AbortController();
    const late = timer(deadlineMs, undefined, { signal: answered.signal, ref: false }).then(
      () => [failed("answer", tooLate(part, deadlineMs))],
      () => [],
    );
    try {
      return await Promise.race([look(), late]);
    } catch (error) {
      return [failed("configuration", error)];
    } finally {
      answered.abort();
    }
  };
}

const tooLate = (part: string, deadlineMs: number): CheckError =>
  new CheckError("DW_CHECK_TIMEOUT", `${part} has not answered within ${deadlineMs / 1000} s`, {
    hint: "Look for a firewall that drops packets, a proxy that holds answers back, or a server under load.",
    retryable: true,
  });
