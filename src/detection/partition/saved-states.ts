/** Remembers which partitions could not save their states lately, and reports when that lasts too long. */
import { messageOf } from "../../errors.ts";
import type { Health } from "../../health.ts";

/** This many failures in a row may be a conflict or a restart of the store. */
const tolerated = 2;

export class SavedStates {
  /** Failed checkpoints in a row. */
  readonly #failures = new Map<number, { readonly count: number; readonly reason: string }>();

  saved(partition: number): void {
    this.#failures.delete(partition);
  }

  failed(partition: number, error: unknown): void {
    const count = (this.#failures.get(partition)?.count ?? 0) + 1;
    this.#failures.set(partition, { count, reason: messageOf(error) });
  }

  /** Another process owns the partition now. */
  forget(partition: number): void {
    this.#failures.delete(partition);
  }

  health(): Health {
    for (const [partition, { count, reason }] of this.#failures) {
      if (count <= tolerated) continue;
      return {
        ok: false,
        reason: `states of partition ${partition} were not saved at ${count} checkpoints: ${reason}`,
      };
    }
    return { ok: true };
  }
}
