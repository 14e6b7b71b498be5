/** Counts rows that were left out, by reason, with the first example of each. */

export interface LeftOutRows {
  readonly rows: number;
  /** The first row, as text for people: its place and its content. */
  readonly example: string;
}

export class LeftOut {
  readonly #reasons = new Map<string, { rows: number; readonly example: string }>();

  /** @param example made for the first row of a reason only */
  add(reason: string, example: () => string, rows = 1): void {
    const known = this.#reasons.get(reason);
    if (known === undefined) this.#reasons.set(reason, { rows, example: example() });
    else known.rows += rows;
  }

  addAll(other: LeftOut): void {
    for (const [reason, { rows, example }] of other.reasons) this.add(reason, () => example, rows);
  }

  get reasons(): ReadonlyMap<string, LeftOutRows> {
    return this.#reasons;
  }

  get rows(): number {
    return [...this.#reasons.values()].reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Rows by reason: plain data. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#reasons].map(([reason, { rows }]) => [reason, rows]));
  }
}
