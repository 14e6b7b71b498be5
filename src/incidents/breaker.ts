/**
 * The breaker of a fix. It is computed of stored runs and kept nowhere.
 *
 *     closed ── the last two judged runs did not help ──► open: the next run asks a person, in mode auto too
 *        ▲                                                  │
 *        └──────────── a run that was approved helped ──────┘
 *
 * It is the fix's, whatever its target: a container that is made anew is another target, and the same remedy.
 */

/** A run of a fix that acted, and that was judged. What could not be told is left out: it proves nothing. */
export interface JudgedRun {
  readonly run: string;
  /** When it was decided, ms since 1970. */
  readonly atMs: number;
  /** failed: its target was not healthy after it. */
  readonly outcome: "recovered" | "not_recovered" | "failed";
  /** Name of its target; null where it is not known. */
  readonly target: string | null;
}

/** So many runs in a row. */
export const opensAfter = 2;

/** The runs that keep the breaker open, newest first; none when it is closed. */
export function openedBy(judged: readonly JudgedRun[]): readonly JudgedRun[] {
  const last = judged.slice(0, opensAfter);
  const isOpen = last.length === opensAfter && last.every(({ outcome }) => outcome !== "recovered");
  return isOpen ? last : [];
}
