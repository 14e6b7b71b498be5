/** Runs a limited number of tasks at the same time. */

/** Further tasks wait, in the order of their calls. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param most tasks at the same time, ≥ 1 */
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
