/** Repeats measurements in turns, so that other work of the machine affects all of them alike. */

/** Measures once. */
export type Measure = () => number | Promise<number>;

/** @returns the median of each measure over this many rounds, by name, in the order given */
export async function mediansOf(
  measures: Readonly<Record<string, Measure>>,
  rounds: number,
): Promise<ReadonlyMap<string, number>> {
  const figures = new Map(Object.keys(measures).map((name): [string, number[]] => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of Object.entries(measures))
      figures.get(name)?.push(await measure());
  }
  return new Map([...figures].map(([name, values]) => [name, median(values)]));
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
