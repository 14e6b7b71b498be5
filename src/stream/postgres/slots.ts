/** Lets a limited number of works run at the same time. */

/** The others wait, in the order in which they came. Cost: one closure for each that waits. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param most works at the same time, ≥ 1 */
  constructor(most: number) {
    this.#free = most;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
