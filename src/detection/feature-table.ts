/** Maps features to slots of a vector. Equal lists are one object, since most models of a source share theirs. */

export interface FeatureTable {
  /** In order of the slots. */
  readonly names: readonly string[];
  readonly slots: ReadonlyMap<string, number>;
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
  const own = [...names];
  const table = { names: own, slots: new Map(own.map((name, slot) => [name, slot])) };
  tables.set(key, new WeakRef(table));
  unused.register(table, key);
  return table;
}
