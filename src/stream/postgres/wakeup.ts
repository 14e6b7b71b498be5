/** A wait in real time that can be ended early. A ring while nobody waits ends the next wait at once. */
import { setTimeout as timer } from "node:timers/promises";

export class Wakeup {
  #bell = new AbortController();

  ring(): void {
    this.#bell.abort();
  }

  /** Resolves after `ms`, or once rung. Never rejects. */
  async wait(ms: number): Promise<void> {
    const { signal } = this.#bell;
    await timer(ms, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) this.#bell = new AbortController();
  }
}
