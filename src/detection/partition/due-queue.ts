/** Names in a binary heap by the time at which they are due, so that the earliest is found without a scan. */

interface Entry {
  readonly name: string;
  readonly at: number;
}

/** The time of a name is the earliest that was set since the name was last taken. Each step costs O(log n). */
export class DueQueue {
  readonly #heap: Entry[] = [];
  readonly #dueAt = new Map<string, number>();

  /** Sets the time of a name. A time later than the present one changes nothing; Infinity means never. */
  set(name: string, at: number): void {
    if (at >= (this.#dueAt.get(name) ?? Number.POSITIVE_INFINITY)) return;
    this.#dueAt.set(name, at);
    this.#push({ name, at });
  }

  /** Takes out every name that is due at this time. @returns each once, in order of their times */
  take(now: number): readonly string[] {
    const taken: string[] = [];
    while ((this.#heap[0]?.at ?? Number.POSITIVE_INFINITY) <= now) {
      const { name, at } = this.#pop();
      // If an earlier time was set later on, the entry of the first time is still in the heap.
      if (this.#dueAt.get(name) !== at) continue;
      this.#dueAt.delete(name);
      taken.push(name);
    }
    return taken;
  }

  #push(entry: Entry): void {
    let place = this.#heap.push(entry) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (this.#heap[above]!.at <= entry.at) break;
      this.#heap[place] = this.#heap[above]!;
      place = above;
    }
    this.#heap[place] = entry;
  }

  #pop(): Entry {
    const first = this.#heap[0]!;
    const last = this.#heap.pop()!;
    if (this.#heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const right = left + 1;
      const least = right < heap.length && heap[right]!.at < heap[left]!.at ? right : left;
      if (least >= heap.length || heap[least]!.at >= entry.at) break;
      heap[place] = heap[least]!;
      place = least;
    }
    heap[place] = entry;
  }
}
