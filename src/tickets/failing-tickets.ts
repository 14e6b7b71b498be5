/**
 * Tickets whose comments cannot be read: they come after all others, and more and more seldom, so that one of them costs
 * few calls and keeps no other ticket waiting.
 */

interface Failure {
  readonly times: number;
  /** Not read again before. */
  readonly untilMs: number;
}

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

  /** Those whose turn it is: first the ones that can be read. */
  inTurn(tickets: readonly string[]): readonly string[] {
    const now = this.#now();
    const times = (ticket: string): number => this.#failures.get(ticket)?.times ?? 0;
    return tickets
      .filter((ticket) => (this.#failures.get(ticket)?.untilMs ?? 0) <= now)
      .toSorted((one, other) => times(one) - times(other));
  }

  passed(ticket: string): void {
    this.#failures.delete(ticket);
  }

  failed(ticket: string): void {
    const times = (this.#failures.get(ticket)?.times ?? 0) + 1;
    const pauseMs = times === 1 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (times - 2));
    this.#failures.set(ticket, { times, untilMs: this.#now() + pauseMs });
  }

  forget(): void {
    if (this.#failures.size > mostRemembered) this.#failures.clear();
  }
}
