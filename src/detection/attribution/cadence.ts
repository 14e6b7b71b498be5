/** The usual time between two attributions of a model. */
const remembered = 15;
const enough = 5;

export class Cadence {
  readonly #intervals: number[];
  /** The same intervals in ascending order, so that a median needs no sorting. */
  readonly #sorted: number[];

  constructor(intervals: readonly number[] = []) {
    this.#intervals = [...intervals];
    this.#sorted = intervals.toSorted((a, b) => a - b);
  }

  /** Newest intervals, oldest first, microseconds; for snapshots. */
  get intervals(): readonly number[] {
    return this.#intervals;
  }

  /** Median of the newest 15 intervals, microseconds; undefined below five. */
  get usual(): number | undefined {
    const sorted = this.#sorted;
    if (sorted.length < enough) return undefined;
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2;
  }

  add(interval: number): void {
    this.#intervals.push(interval);
    const place = this.#sorted.findIndex((one) => one >= interval);
    this.#sorted.splice(place < 0 ? this.#sorted.length : place, 0, interval);
    if (this.#intervals.length > remembered)
      this.#sorted.splice(this.#sorted.indexOf(this.#intervals.shift()!), 1);
  }
}
