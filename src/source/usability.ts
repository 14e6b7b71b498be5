/** Counts how many of a source's newest rows are usable. If nearly none is, the source is not healthy. */
import type { RawRow } from "./rows.ts";

/** About this many of the newest rows are counted. */
const newestRows = 1000;
/** With fewer rows the source counts as healthy. */
const leastRows = 20;
const unusableShare = 0.9;

interface PageUse {
  readonly read: number;
  readonly unusable: number;
  readonly example: RawRow | undefined;
}

export class Usability {
  #rows = 0;
  #unusable = 0;
  #example: string | undefined;

  /** Counts a page. `unusable` importances are left out or not finite; `example` is a row with one. */
  add({ read, unusable, example }: PageUse): void {
    this.#rows += read;
    this.#unusable += unusable;
    this.#example = example === undefined ? this.#example : shown(example);
    if (this.#rows <= newestRows) return;
    const kept = newestRows / this.#rows;
    this.#rows *= kept;
    this.#unusable *= kept;
  }

  /** Why the source is not healthy; undefined while it is healthy. */
  get problem(): string | undefined {
    if (this.#rows < leastRows || this.#unusable <= unusableShare * this.#rows) return undefined;
    const share = Math.round((100 * this.#unusable) / this.#rows);
    return `${share} % of the newest rows cannot be used, for example ${this.#example}. Name columns of the source that hold a time, a name and a plain number, or cast them in a view.`;
  }
}

function shown([ts, feature, importance, , model]: RawRow): string {
  const time = ts === null || Math.abs(ts) > 8.64e18 ? ts : new Date(ts / 1000).toISOString();
  const cells = {
    timestamp: time,
    ...(feature !== "" && { feature }),
    importance,
    ...(model !== "" && { model }),
  };
  return Object.entries(cells)
    .map(([name, value]) => `${name} ${value === null ? "NULL" : JSON.stringify(value)}`)
    .join(", ")
    .slice(0, 300);
}
