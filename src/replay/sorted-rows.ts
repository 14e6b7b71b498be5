/**
 * Sorts any number of rows by time. Runs of two million rows are sorted in memory (about 100 MB), written to temporary
 * files, and merged. Rows with the same time keep the order in which they came.
 */
import { type NumberedRow, RowRun } from "./row-run.ts";
import { SpilledRun } from "./spilled-run.ts";
import { type Extremes, lookedAt } from "./stray-times.ts";

const rowsInMemory = 2_000_000;

export class SortedRows {
  readonly #limit: number;
  readonly #spilled: SpilledRun[] = [];
  #run = new RowRun();
  #rows = 0;
  #earliest: readonly number[] = [];
  #latest: readonly number[] = [];

  /** @param limit rows that are sorted in memory at most */
  constructor(limit = rowsInMemory) {
    this.#limit = limit;
  }

  /** @throws FileError DW_CLI_FILE when there is no room for a temporary file */
  add(row: NumberedRow): void {
    this.#run.add(row);
    if (this.#run.length < this.#limit) return;
    this.#endRun();
    this.#spilled.push(new SpilledRun(this.#run));
    this.#run = new RowRun();
  }

  /** Call it after the last row. */
  end(): Extremes {
    this.#endRun();
    return { rows: this.#rows, earliest: this.#earliest, latest: this.#latest };
  }

  /** @yields all rows in order of time, once, after {@link end} */
  *rows(): Generator<NumberedRow> {
    if (this.#spilled.length === 0) {
      for (let place = 0; place < this.#run.length; place++) yield this.#run.at(place);
      return;
    }
    const runs = [...this.#spilled.map((run) => run.rows()), inMemory(this.#run)];
    yield* merged(runs);
  }

  #endRun(): void {
    const run = this.#run;
    run.sort();
    this.#rows += run.length;
    const n = Math.min(lookedAt, run.length);
    const first = Array.from({ length: n }, (_, i) => run.timeAt(i));
    const last = Array.from({ length: n }, (_, i) => run.timeAt(run.length - n + i));
    this.#earliest = [...this.#earliest, ...first].toSorted(inOrder).slice(0, lookedAt);
    this.#latest = [...this.#latest, ...last].toSorted(inOrder).slice(-lookedAt);
  }
}

const inOrder = (a: number, b: number): number => a - b;

function* inMemory(run: RowRun): Generator<NumberedRow> {
  for (let place = 0; place < run.length; place++) yield run.at(place);
}

/**
 * Merges the runs. They are in the order in which their rows came, so for equal times the row of the first run comes
 * first.
 *
 * @yields all rows in order of time
 */
function* merged(runs: readonly Generator<NumberedRow>[]): Generator<NumberedRow> {
  const heads = runs.flatMap((run) => {
    const first = run.next();
    return first.done === true ? [] : [{ run, row: first.value }];
  });
  while (heads.length > 0) {
    let least = 0;
    for (let i = 1; i < heads.length; i++) if (heads[i]!.row.ts < heads[least]!.row.ts) least = i;
    const head = heads[least]!;
    yield head.row;
    const next = head.run.next();
    if (next.done === true) heads.splice(least, 1);
    else head.row = next.value;
  }
}
