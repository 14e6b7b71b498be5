/** Tracks models with unsaved changes, and the offset from which each change can be computed again. */
import type { ModelKey } from "../../model-key.ts";

/** How far the changes of a partition are saved. */
export interface Boundary {
  /** A new engine with the saved states reads from here. */
  readonly replayFrom: number;
  /** Models that ended before it. Their saved states are deleted in the transaction that moves `replayFrom`. */
  readonly ended: readonly ModelKey[];
}

/** A model that was forgotten. */
interface Ending {
  readonly at: number;
  /** Its oldest unsaved change; undefined while its end is being saved, and after. */
  readonly from: number | undefined;
}

export class CheckpointTracker {
  readonly #applied = new Map<ModelKey, number>();
  /** Offset to replay from, by model; in the order in which they changed first. */
  #dirty = new Map<ModelKey, number>();
  readonly #saving = new Map<ModelKey, number>();
  readonly #ended = new Map<ModelKey, Ending>();

  hasApplied(model: ModelKey, offset: number): boolean {
    return offset <= this.appliedThrough(model);
  }

  appliedThrough(model: ModelKey): number {
    return this.#applied.get(model) ?? -1;
  }

  restored(model: ModelKey, appliedThrough: number): void {
    this.#applied.set(model, appliedThrough);
  }

  changed(model: ModelKey, offset: number): void {
    this.#applied.set(model, offset);
    if (!this.#dirty.has(model)) this.#dirty.set(model, offset);
  }

  /** The model is forgotten at this offset. A later model of the same name is a new one. */
  end(model: ModelKey, at: number): void {
    const from = earliest(this.#ended.get(model)?.from, this.#dirty.get(model), at);
    this.#dirty.delete(model);
    this.#applied.delete(model);
    this.#ended.set(model, { at, from });
  }

  /** Adds an end that was saved under an earlier claim. */
  restoredEnd(model: ModelKey, at: number): void {
    this.#applied.set(model, at);
    this.#ended.set(model, { at, from: undefined });
  }

  /** Call it when the saved states of these ended models are deleted. */
  forget(models: readonly ModelKey[]): void {
    for (const model of models) this.#ended.delete(model);
  }

  /**
   * @yields what has to be saved: ends, then changes, longest unsaved first; a model waits while its row holds an end
   */
  *dirty(): Generator<{ readonly model: ModelKey; readonly endedAt?: number }> {
    for (const [model, { from, at }] of this.#ended)
      if (from !== undefined) yield { model, endedAt: at };
    for (const model of this.#dirty.keys()) if (!this.#ended.has(model)) yield { model };
  }

  saving(models: readonly ModelKey[]): void {
    for (const model of models) {
      const ending = this.#ended.get(model);
      this.#saving.set(model, ending?.from ?? this.#dirty.get(model)!);
      if (ending === undefined) this.#dirty.delete(model);
      else this.#ended.set(model, { at: ending.at, from: undefined });
    }
  }

  saved(models: readonly ModelKey[]): void {
    for (const model of models) this.#saving.delete(model);
  }

  saveFailed(models: readonly ModelKey[]): void {
    const again = new Map<ModelKey, number>();
    for (const model of models) {
      const from = this.#saving.get(model)!;
      const ending = this.#ended.get(model);
      if (ending === undefined) again.set(model, from);
      else this.#ended.set(model, { at: ending.at, from: earliest(ending.from, from) });
      this.#saving.delete(model);
    }
    for (const [model, from] of this.#dirty) if (!again.has(model)) again.set(model, from);
    this.#dirty = again;
  }

  /** @param next offset up to which, not including it, everything that was decided is stored */
  boundary(next: number): Boundary {
    let replayFrom = next;
    for (const offsets of [this.#dirty.values(), this.#saving.values()]) {
      for (const from of offsets) replayFrom = Math.min(replayFrom, from);
    }
    for (const { from } of this.#ended.values()) replayFrom = Math.min(replayFrom, from ?? next);
    const ended = [...this.#ended].filter(([, { at }]) => at < replayFrom);
    return { replayFrom, ended: ended.map(([model]) => model) };
  }
}

const earliest = (...offsets: readonly (number | undefined)[]): number =>
  Math.min(...offsets.filter((offset) => offset !== undefined));
