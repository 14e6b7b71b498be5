/**
 * Records the times in which no process gave a sign of life: all were down, or could not reach the store. Once a day it
 * records that it does so. From that a report knows since when such times are recorded.
 */
import { noteBlind, noteWatching } from "../month/blind.ts";
import type { Store } from "../store.ts";
import type { StoreTouch } from "./restore.ts";

/** A sign of life comes every minute. A pause longer than this, in which at least two are missing, is recorded. */
const longestPauseMs = 180_000;
const dayMs = 86_400_000;

export class BlindWatch {
  readonly #store: Pick<Store, "transaction">;
  readonly #owner: string;
  #notedAtMs = Number.NEGATIVE_INFINITY;

  constructor(store: Pick<Store, "transaction">, owner: string) {
    this.#store = store;
    this.#owner = owner;
  }

  /** Call it after each sign of life. */
  async touched({ seenAtMs, beforeMs }: StoreTouch): Promise<void> {
    if (beforeMs !== undefined && seenAtMs - beforeMs > longestPauseMs) {
      const time = { what: "daemon", fromMs: beforeMs, untilMs: seenAtMs };
      await this.#store.transaction((tx) => noteBlind(tx, time));
    }
    if (seenAtMs - this.#notedAtMs < dayMs) return;
    await this.#store.transaction((tx) => noteWatching(tx, this.#owner, seenAtMs));
    this.#notedAtMs = seenAtMs;
  }
}
