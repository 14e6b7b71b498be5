/**
 * Decides when tickets are read again whose comments could not be read. They come after all others, after growing
 * pauses, so they cost few calls and delay no other ticket. A failure of the tracker itself counts against no ticket.
 */
import { TrackerError } from "./errors.ts";

interface Failure {
  /** How many failures were the ticket's own. */
  readonly times: number;
  readonly atMs: number;
  /** Not read again before. */
  readonly untilMs: number;
}

interface FailedRead {
  readonly ticket: string;
  readonly error: TrackerError;
}

/** This many failures in a row are the tracker's, not the tickets'. */
const unavailableAfter = 3;
/** After the second failure; after the first one it is read again at the next look. */
const firstPauseMs = 20_000;
const longestPauseMs = 600_000;
const mostRemembered = 10_000;

export class FailingTickets {
  readonly #now: () => number;
  readonly #failures = new Map<string, Failure>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Reads each ticket whose turn it is. A ticket that cannot be read does not stop the reading of the next.
   *
   * @param read reads one; `hasAnswered`: the tracker has just answered something else
   * @returns what went wrong first. Throws what `read` throws and is no TrackerError.
   */
  async readInTurn(
    tickets: readonly string[],
    read: (ticket: string) => Promise<void>,
    { hasAnswered }: { readonly hasAnswered: boolean },
  ): Promise<TrackerError | undefined> {
    const failed: FailedRead[] = [];
    let answers = hasAnswered;
    let inARow = 0;
    for (const ticket of this.#inTurn(tickets)) {
      const error = await errorOf(() => read(ticket));
      if (error === undefined) {
        this.#failures.delete(ticket);
        answers = true;
        inARow = 0;
        continue;
      }
      failed.push({ ticket, error });
      inARow += 1;
      if (inARow === unavailableAfter || concernsAll(error)) break;
    }
    this.#note(failed, { isUnavailable: !answers || inARow === unavailableAfter });
    return failed[0]?.error;
  }

  /** Those whose turn it is: first those that did not fail, then those that failed, the longest ago first. */
  #inTurn(tickets: readonly string[]): readonly string[] {
    const now = this.#now();
    const failedAtMs = (ticket: string): number => this.#failures.get(ticket)?.atMs ?? 0;
    return tickets
      .filter((ticket) => (this.#failures.get(ticket)?.untilMs ?? 0) <= now)
      .toSorted((one, other) => failedAtMs(one) - failedAtMs(other));
  }

  #note(
    failed: readonly FailedRead[],
    { isUnavailable }: { readonly isUnavailable: boolean },
  ): void {
    const atMs = this.#now();
    for (const { ticket, error } of failed) {
      const isItsOwn = !concernsAll(error) && !(isUnavailable && error.unavailable);
      const times = (this.#failures.get(ticket)?.times ?? 0) + (isItsOwn ? 1 : 0);
      const untilMs = isItsOwn ? atMs + pauseAfter(times) : atMs;
      this.#failures.set(ticket, { times, atMs, untilMs });
    }
  }

  forget(): void {
    if (this.#failures.size > mostRemembered) this.#failures.clear();
  }
}

const pauseAfter = (times: number): number =>
  times === 1 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (times - 2));

async function errorOf(read: () => Promise<void>): Promise<TrackerError | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    if (error instanceof TrackerError) return error;
    throw error;
  }
}

/** Whether an error concerns every request: a limit for everybody, or a refused login. */
function concernsAll({ code, oneIssueOnly }: TrackerError): boolean {
  return (
    (code === "DW_TRACKER_RATE_LIMITED" && !oneIssueOnly) || code === "DW_TRACKER_UNAUTHORIZED"
  );
}
