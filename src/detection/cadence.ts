/** The usual time between two attributions of a model. */
import { median } from "simple-statistics";

const remembered = 15;
const enough = 5;

export class Cadence {
  readonly #intervals: number[];
  #usual: number | undefined;

  constructor(intervals: readonly number[] = []) {
    this.#intervals = [...intervals];
    this.#settle();
  }

  /** Newest intervals, oldest first, microseconds; for snapshots. */
  get intervals(): readonly number[] {
    return this.#intervals;
  }

  /** Median of the newest 15 intervals, microseconds; undefined below five. */
  get usual(): number | undefined {
    return this.#usual;
  }

  add(interval: number): void {
    this.#intervals.push(interval);
    if (this.#intervals.length > remembered) this.#intervals.shift();
    this.#settle();
  }

  #settle(): void {
    if (this.#intervals.length >= enough) this.#usual = median(this.#intervals);
  }
}
