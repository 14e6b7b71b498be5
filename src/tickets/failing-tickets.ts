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

/** Read at the same time while the tracker answers, so that a look at many tickets ends before the next one is due. */
const mostAtOnce = 4;
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
    const reading = new Reading(hasAnswered);
    const waiting = [...this.#inTurn(tickets)];
    while (waiting.length > 0 && reading.goesOn) {
      const together = waiting.splice(0, reading.atOnce);
      const errors = await Promise.all(together.map((ticket) => errorOf(() => read(ticket))));
      for (const [n, ticket] of together.entries()) {
        const error = errors[n];
        if (error === undefined) this.#failures.delete(ticket);
        reading.note(ticket, error);
      }
    }
    this.#note(reading.failed, { isUnavailable: reading.isUnavailable });
    return reading.failed[0]?.error;
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

/** The results of the reads of one look so far. */
class Reading {
  readonly failed: FailedRead[] = [];
  #answers: boolean;
  #inARow = 0;

  constructor(hasAnswered: boolean) {
    this.#answers = hasAnswered;
  }

  get goesOn(): boolean {
    return this.#inARow < unavailableAfter && !this.failed.some(({ error }) => concernsAll(error));
  }

  get isUnavailable(): boolean {
    return !this.#answers || this.#inARow >= unavailableAfter;
  }

  /** How many are read now: one after the other as long as the tracker may be away. */
  get atOnce(): number {
    return this.#answers && this.#inARow === 0 ? mostAtOnce : 1;
  }

  note(ticket: string, error: TrackerError | undefined): void {
    if (error !== undefined) this.failed.push({ ticket, error });
    if (error === undefined) this.#answers = true;
    this.#inARow = error === undefined ? 0 : this.#inARow + 1;
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
