/** Repeats measurements in turns, so that what the machine does meanwhile hits all of them alike. */

/** Measures once: a figure of any unit, less is better or more is better. */
export type Measure = () => number | Promise<number>;

/** @returns the median of each measure over so many rounds, by name, in the order given */
export async function mediansOf<Name extends string>(
  measures: Readonly<Record<Name, Measure>>,
  rounds: number,
): Promise<ReadonlyMap<Name, number>> {
  const entries = Object.entries(measures) as [Name, Measure][];
  const figures = new Map(entries.map(([name]) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of entries) figures.get(name)?.push(await measure());
  }
  return new Map([...figures].map(([name, values]) => [name, median(values)]));
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
