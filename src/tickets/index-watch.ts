/**
 * Notices when a tracker's search stops showing what is new. The search has to show a comment that a direct read found
 * a while earlier. The times are taken from our own clock alone.
 */

/** Longer than an index lags in normal operation. */
const longestLagMs = 300_000;
/** After this time a ticket that the search never shows is forgotten, so one lost entry does not count for ever. */
const forgottenMs = 3_600_000;

interface KnownTicket {
  /** Id of the newest comment that a direct read found. */
  readonly newest: string | undefined;
  readonly readAtMs: number;
}

export class IndexWatch {
  readonly #now: () => number;
  readonly #known = new Map<string, KnownTicket>();
  readonly #shownAtMs = new Map<string, number>();
  /** Since when a ticket should be shown by the search. */
  readonly #waitsFor = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get blind(): boolean {
    const now = this.#now();
    return [...this.#waitsFor.values()].some(
      (sinceMs) => now - sinceMs > longestLagMs && now - sinceMs < forgottenMs,
    );
  }

  /** The search showed a change of these tickets that it had not shown before. */
  shown(tickets: readonly string[]): void {
    for (const ticket of tickets) {
      this.#waitsFor.delete(ticket);
      this.#shownAtMs.set(ticket, this.#now());
    }
  }

  /** A direct read. @param newest id of the newest comment; undefined when there is none */
  read(ticket: string, newest: string | undefined): void {
    const known = this.#known.get(ticket);
    const readAtMs = this.#now();
    this.#known.set(ticket, { newest, readAtMs });
    if (known === undefined || known.newest === newest) return;
    const wasShown = (this.#shownAtMs.get(ticket) ?? -Infinity) >= known.readAtMs;
    if (!wasShown && !this.#waitsFor.has(ticket)) this.#waitsFor.set(ticket, readAtMs);
  }

  /** @param kept tickets that are still read */
  forget(kept: ReadonlySet<string>): void {
    for (const map of [this.#known, this.#shownAtMs, this.#waitsFor])
      for (const ticket of map.keys()) if (!kept.has(ticket)) map.delete(ticket);
  }
}
