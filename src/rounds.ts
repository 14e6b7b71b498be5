/**
 * Which loops of the program are inside a round, and since when. The watchdog asks for the longest one.
 *
 *     begin ──► work ──moved──► work ──► end      waits between two rounds do not count
 *
 * A loop that fails ends its round as well. So a round that does not end is a call that never came back.
 */

export interface Round {
  /** Runs one round of the loop. Rounds of the same loop may overlap. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Notes that the open rounds of this loop have done a part of their work. Their time starts anew. */
  moved(): void;
}

interface OpenRound {
  readonly loop: string;
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

  /** @param loop as it stands in the log */
  of(loop: string): Round {
    return {
      run: async (work) => {
        const end = this.begin(loop);
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
  begin(loop: string): () => void {
    const one: OpenRound = { loop, sinceMs: this.#nowMs() };
    this.#open.add(one);
    return () => void this.#open.delete(one);
  }

  /** All open rounds start their time anew, because they wait for something that is known to be unavailable. */
  restart(): void {
    for (const one of this.#open) one.sinceMs = this.#nowMs();
  }

  /** The round that has not moved for the longest time, if that is longer than the limit. */
  overdue(limitMs: number): OverdueRound | undefined {
    const [first] = [...this.#open].toSorted((a, b) => a.sinceMs - b.sinceMs);
    if (first === undefined) return undefined;
    const forMs = this.#nowMs() - first.sinceMs;
    return forMs > limitMs ? { loop: first.loop, forMs } : undefined;
  }
}
