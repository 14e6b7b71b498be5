/** Watches how many of a source's newest rows can be used. If nearly none can, the source is not healthy. */
import type { RawRow } from "./rows.ts";

/** About this many of the newest rows count. */
const newestRows = 1000;
/** Fewer rows are not judged. */
const leastRows = 20;
const unusableShare = 0.9;

export class Usability {
  #rows = 0;
  #unusable = 0;
  #example: string | undefined;

  /** @param unusable number of its rows that are left out, or have an importance that is no finite number */
  add(page: readonly RawRow[], unusable: number, example: RawRow | undefined): void {
    this.#rows += page.length;
    this.#unusable += unusable;
    this.#example = example === undefined ? this.#example : shown(example);
    if (this.#rows <= newestRows) return;
    const kept = newestRows / this.#rows;
    this.#rows *= kept;
    this.#unusable *= kept;
  }

  /** Why the source is not healthy; undefined while it is. */
  get problem(): string | undefined {
    if (this.#rows < leastRows || this.#unusable <= unusableShare * this.#rows) return undefined;
    const share = Math.round((100 * this.#unusable) / this.#rows);
    return `${share} % of the newest rows cannot be used, for example ${this.#example}. Name columns of the source that hold a time, a name and a plain number, or cast them in a view.`;
  }
}

function shown([ts, feature, importance, , model]: RawRow): string {
  const time = ts === null || !Number.isFinite(ts) ? ts : new Date(ts / 1000).toISOString();
  const cells = { timestamp: time, feature, importance, ...(model !== "" && { model }) };
  return Object.entries(cells)
    .map(([name, value]) => `${name} ${value === null ? "NULL" : JSON.stringify(value)}`)
    .join(", ")
    .slice(0, 300);
}
