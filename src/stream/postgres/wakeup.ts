/**
 * A wait in real time that {@link Wakeup.ring} ends early. A call of it while nobody waits ends the next wait at once.
 */
import { setTimeout as timer } from "node:timers/promises";

export class Wakeup {
  #bell = new AbortController();

  ring(): void {
    this.#bell.abort();
  }

  /** Resolves after `ms`, or when {@link Wakeup.ring} is called. Never rejects. */
  async wait(ms: number): Promise<void> {
    const { signal } = this.#bell;
    await timer(ms, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) this.#bell = new AbortController();
  }
}
