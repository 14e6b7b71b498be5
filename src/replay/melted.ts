/**
 * Detects that several models were read as one: features come several times at one time, and no column names the model.
 */

/** Most rows that are examined. */
const lookedAt = 20_000;
/** A smaller share of repeats means copies or a second exporter. Detection reports those itself. */
const leastShare = 0.2;
/** A column with more values than this does not name the model. */
const mostValues = 200;

export class MeltWatch {
  readonly #unused: readonly (readonly [name: string, place: number, values: Set<string>])[];
  readonly #seen = new Set<string>();
  #rows = 0;
  #repeats = 0;

  /** @param unused columns that play no role, with their place in a row */
  constructor(unused: readonly (readonly [name: string, place: number])[] = []) {
    this.#unused = unused.map(([name, place]) => [name, place, new Set()]);
  }

  add(ts: number, feature: string, cells: readonly string[] = []): void {
    if (this.#rows >= lookedAt) return;
    this.#rows++;
    const key = `${ts} ${feature}`;
    if (this.#seen.has(key)) this.#repeats++;
    else this.#seen.add(key);
    for (const [, place, values] of this.#unused)
      if (values.size <= mostValues) values.add(cells[place] ?? "");
  }

  get isMelted(): boolean {
    return this.#rows >= 4 && this.#repeats >= leastShare * this.#rows;
  }

  /** The problem as text; undefined while nothing indicates several models. */
  problem(): string | undefined {
    if (!this.isMelted) return undefined;
    const named = this.#unused
      .filter(([, , values]) => isNaming(values))
      .map(([name, , values]) => ({ name, values: values.size }));
    return meltedSentence(named);
  }
}

export interface NamingColumn {
  readonly name: string;
  readonly values: number;
}

export function meltedSentence(columns: readonly NamingColumn[]): string {
  const what = "Several models may be read as one: features come several times at one time";
  const [first] = columns;
  if (first === undefined) return `${what}, and no column tells the models apart.`;
  const found = columns.map(({ name, values }) => `${name} (${values} values)`).join(", ");
  return `${what}, and text stands in ${found}. If it names the model: --columns model=${first.name}, or columns.model of the source.`;
}

const isNaming = (values: ReadonlySet<string>): boolean =>
  values.size > 1 &&
  values.size <= mostValues &&
  [...values].some((value) => Number.isNaN(Number(value)));
