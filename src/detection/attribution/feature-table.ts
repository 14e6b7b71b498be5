/**
 * Maps features to slots of a vector. Equal lists of features share one object: most models of a source have the same
 * list.
 */

export class FeatureTable {
  /** In order of the slots. */
  readonly names: readonly string[];
  readonly #slots: ReadonlyMap<string, number>;
  /**
   * For each slot, the slot whose row followed last time. It predicts the next row, since exporters keep their order.
   */
  readonly #next: Int32Array;
  #newest = 0;

  constructor(names: readonly string[]) {
    this.names = names;
    this.#slots = new Map(names.map((name, slot) => [name, slot]));
    this.#next = new Int32Array(names.length);
  }

  slotOf(feature: string): number | undefined {
    const before = this.#newest;
    const guess = this.#next[before];
    if (guess !== undefined && this.names[guess] === feature) {
      this.#newest = guess;
      return guess;
    }
    const slot = this.#slots.get(feature);
    if (slot === undefined) return undefined;
    this.#next[before] = slot;
    this.#newest = slot;
    return slot;
  }
}

const tables = new Map<string, WeakRef<FeatureTable>>();
const unused = new FinalizationRegistry<string>((key) => {
  if (tables.get(key)?.deref() === undefined) tables.delete(key);
});

/** @returns the table of these names, made at most once while anybody holds it */
export function featureTable(names: readonly string[]): FeatureTable {
  const key = JSON.stringify(names);
  const known = tables.get(key)?.deref();
  if (known !== undefined) return known;
  const table = new FeatureTable([...names]);
  tables.set(key, new WeakRef(table));
  unused.register(table, key);
  return table;
}
