/** Which models have changes that are not saved, and from which offset on those could be computed again. */
import type { ModelKey } from "../stream/model-key.ts";

export class Ledger {
  readonly #applied = new Map<ModelKey, number>();
  /** Offset to replay from, by model; in the order in which they changed first. */
  #dirty = new Map<ModelKey, number>();
  readonly #saving = new Map<ModelKey, number>();

  hasApplied(model: ModelKey, offset: number): boolean {
    return offset <= this.appliedThrough(model);
  }

  appliedThrough(model: ModelKey): number {
    return this.#applied.get(model) ?? -1;
  }

  restored(model: ModelKey, appliedThrough: number): void {
    this.#applied.set(model, appliedThrough);
  }

  changed(model: ModelKey, offset: number, replayFrom: number): void {
    this.#applied.set(model, offset);
    if (!this.#dirty.has(model)) this.#dirty.set(model, replayFrom);
  }

  /** Longest unsaved first. */
  dirty(): IterableIterator<ModelKey> {
    return this.#dirty.keys();
  }

  saving(models: readonly ModelKey[]): void {
    for (const model of models) {
      this.#saving.set(model, this.#dirty.get(model)!);
      this.#dirty.delete(model);
    }
  }

  saved(models: readonly ModelKey[]): void {
    for (const model of models) this.#saving.delete(model);
  }

  saveFailed(models: readonly ModelKey[]): void {
    const again = new Map<ModelKey, number>();
    for (const model of models) {
      const from = this.#saving.get(model);
      if (from !== undefined) again.set(model, from);
      this.#saving.delete(model);
    }
    for (const [model, from] of this.#dirty) if (!again.has(model)) again.set(model, from);
    this.#dirty = again;
  }

  replayFrom(): number | undefined {
    let smallest: number | undefined;
    for (const offsets of [this.#dirty.values(), this.#saving.values()]) {
      for (const from of offsets) smallest = Math.min(smallest ?? from, from);
    }
    return smallest;
  }
}
