/**
 * Records which loops of the program are in a round, and since when. The watchdog asks for the round that has not moved
 * for the longest time.
 *
 *     begin ──► work ──moved──► work ──► end      waits between two rounds do not count
 *
 * A failure ends the round as well. So a round that does not end contains a call that does not return.
 */

export interface Round {
  /** Runs one round of the loop. Rounds of the same loop may overlap. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Call it when a part of the work is done. The time of the open rounds of this loop starts again. */
  moved(): void;
}

interface OpenRound {
  readonly loop: string;
  /** Longest single wait of the loop that ends by a deadline of its own, ms. */
  readonly longestWaitMs: number;
  sinceMs: number;
}

export interface OverdueRound {
  readonly loop: string;
  /** How long it has not moved, ms. */
  readonly forMs: number;
}

export class Rounds {
  readonly #open = new Set<OpenRound>();
  readonly #nowMs: () => number;

  /** @param nowMs a monotonic clock, ms */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /**
   * @param loop its name in the log
   * @param longestWaitMs how long one call of the loop may take before a deadline of its own ends it, ms. Until then the
   *   loop is not overdue.
   */
  of(loop: string, longestWaitMs = 0): Round {
    return {
      run: async (work) => {
        const end = this.#begin(loop, longestWaitMs);
        try {
          return await work();
        } finally {
          end();
        }
      },
      moved: () => {
        for (const one of this.#open) if (one.loop === loop) one.sinceMs = this.#nowMs();
      },
    };
  }

  /** Begins a round. @returns ends it */
  #begin(loop: string, longestWaitMs: number): () => void {
    const one: OpenRound = { loop, longestWaitMs, sinceMs: this.#nowMs() };
    this.#open.add(one);
    return () => void this.#open.delete(one);
  }

  /**
   * Starts the time of all open rounds again. Call it while they wait for something that is known to be unavailable.
   */
  restart(): void {
    for (const one of this.#open) one.sinceMs = this.#nowMs();
  }

  /** The round that has not moved for the longest time, of those that have not for longer than the limit. */
  overdue(limitMs: number): OverdueRound | undefined {
    const nowMs = this.#nowMs();
    const [first] = [...this.#open]
      .map(({ loop, longestWaitMs, sinceMs }) => ({ loop, longestWaitMs, forMs: nowMs - sinceMs }))
      .filter(({ longestWaitMs, forMs }) => forMs > Math.max(limitMs, longestWaitMs))
      .toSorted((a, b) => b.forMs - a.forMs);
    return first && { loop: first.loop, forMs: first.forMs };
  }
}
