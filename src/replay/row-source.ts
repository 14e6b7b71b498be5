/** The sources of a replay's rows. Collects rows, sorts them by time and removes stray times. */
import type { FamilyOf } from "../model-family.ts";
import type { ModelKey } from "../model-key.ts";
import type { Row } from "../stream/record.ts";
import { formatTime } from "./cells.ts";
import { LeftOut } from "./left-out.ts";
import { grouped, sayNowAndThen } from "./progress.ts";
import type { NumberedRow } from "./row-run.ts";
import { SortedRows } from "./sorted-rows.ts";
import { type Plausible, plausibleTimes } from "./stray-times.ts";

/** Receives every row that can be used. Rows of one source come in the order in which a poller would have seen them. */
export type RowListener = (source: string, model: ModelKey, row: Row) => void;

/** What was read. */
export interface RowsRead {
  readonly rows: number;
  /** Rows in whose names control characters were removed. */
  readonly cleaned: number;
  readonly leftOut: LeftOut;
}

export interface RowSource {
  /** Passes on the usable rows; the others are counted. */
  readonly read: (take: RowListener) => Promise<RowsRead>;
  /** Which names are versions of one model. Default: each name is a model. */
  readonly familyOf?: FamilyOf;
}

/** Assigns numbers to names, so that a row contains only numbers. */
class Names {
  readonly #numbers = new Map<string, number>();
  readonly names: string[] = [];

  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** Collects rows in any order, with numbers in the place of names. */
export class Collected {
  readonly models = new Names();
  readonly features = new Names();
  readonly leftOut = new LeftOut();
  readonly #sorted = new SortedRows();

  add(row: NumberedRow): void {
    this.#sorted.add(row);
  }

  /**
   * Passes on the rows in order of time.
   *
   * @param sourceOf the source of a model's rows in a file
   */
  handOn(
    { nowUs, say }: { readonly nowUs: number; readonly say: (line: string) => void },
    sourceOf: (file: number) => string,
    take: RowListener,
  ): void {
    const extremes = this.#sorted.end();
    const plausible = plausibleTimes(extremes, nowUs);
    const saying = sayNowAndThen(say);
    let done = 0;
    for (const row of this.#sorted.rows()) {
      done++;
      if (done % 10_000 === 0)
        saying(() => `replayed ${grouped(done)} of ${grouped(extremes.rows)} rows`);
      const stray = strayReason(row.ts, plausible);
      if (stray !== undefined) {
        this.leftOut.add(stray, () => `a row at ${timeText(row.ts)} stands ${strayWords[stray]}`);
        continue;
      }
      const { ts, importance, tid } = row;
      const feature = this.features.names[row.feature] ?? "";
      const model = this.models.names[row.model] ?? "";
      take(sourceOf(row.file), model, { ts, feature, importance, tid });
    }
  }
}

const strayWords = {
  stray_time: "far from all others",
  future: "ahead of the clock",
} as const;

/** Why a time cannot be right; undefined when it can. */
function strayReason(
  ts: number,
  { from, until, clock }: Plausible,
): keyof typeof strayWords | undefined {
  if (ts < from || ts > until) return "stray_time";
  return ts > clock ? "future" : undefined;
}

/** A JavaScript date ends in the year 275,760; dates of Postgres may be later. */
const timeText = (us: number): string =>
  Math.abs(us) > 8.64e18 ? `${Math.round(us / 31_556_952e6) + 1970}` : formatTime(us);
