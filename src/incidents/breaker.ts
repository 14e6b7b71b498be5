/**
 * The breaker of a fix. It is computed from the stored runs and is not stored itself.
 *
 *     closed ── the last two judged runs did not help ──► open: the next run asks a person, in mode auto too
 *        ▲                                                  │
 *        └──────────── a run that was approved helped ──────┘
 *
 * Each fix has one breaker for all its targets. A container that is created again is another target of the same fix.
 */

/** A run that acted and was judged. Runs with an inconclusive or unknown outcome are left out: they prove nothing. */
export interface JudgedRun {
  readonly run: string;
  /** When it was decided, ms since 1970. */
  readonly atMs: number;
  /** failed: the target was not healthy after the run. */
  readonly outcome: "recovered" | "not_recovered" | "failed";
  /** Name of its target; null where it is not known. */
  readonly target: string | null;
}

/** How many runs in a row must not help to open the breaker. */
export const opensAfter = 2;

/** A run of a fix that acted; its outcome is null while it is not judged, or cannot be. */
export interface ActedRun extends Omit<JudgedRun, "outcome"> {
  readonly fix: string;
  readonly outcome: JudgedRun["outcome"] | null;
}

/** The runs that keep the breaker open, newest first; none when it is closed. */
export function openedBy(judged: readonly JudgedRun[]): readonly JudgedRun[] {
  const last = judged.slice(0, opensAfter);
  const isOpen = last.length === opensAfter && last.every(({ outcome }) => outcome !== "recovered");
  return isOpen ? last : [];
}

/** Acted runs of the fixes that a batch of events judges, with the outcomes from the batch so far. */
export class FixRuns {
  readonly #runs: Map<string, ActedRun>;

  constructor(runs: readonly ActedRun[]) {
    this.#runs = new Map(runs.map((one) => [one.run, one]));
  }

  /**
   * Notes how a run was judged.
   *
   * @returns the other run, if these two now keep the breaker open
   */
  judge(run: string, outcome: string): JudgedRun | undefined {
    const judged = this.#runs.get(run);
    if (judged === undefined || !isOutcome(outcome)) return undefined;
    this.#runs.set(run, { ...judged, outcome });
    const ofFix = [...this.#runs.values()].filter(({ fix }) => fix === judged.fix).toSorted(newer);
    const last = openedBy(
      ofFix.flatMap((one) => (one.outcome === null ? [] : [{ ...one, outcome: one.outcome }])),
    );
    return last.some((one) => one.run === run) ? last.find((one) => one.run !== run) : undefined;
  }
}

const isOutcome = (outcome: string): outcome is JudgedRun["outcome"] =>
  outcome === "recovered" || outcome === "not_recovered" || outcome === "failed";

const newer = (a: ActedRun, b: ActedRun): number => b.atMs - a.atMs || (a.run < b.run ? 1 : -1);
