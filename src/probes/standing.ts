/**
 * How a question stands: whether it has failed often enough to count. Pure.
 *
 *     fine ── 2 of the last 3 answers failed, or a certain finding ──► failing ── 2 in a row are fine ──► fine
 *
 * An answer while the service starts, and a question that could not be asked, change nothing.
 */
import type { ProbeAnswer, ProbeFinding } from "./probe.ts";

/** So many of the last answers… */
const remembered = 3;
/** …have to be failures. */
const failures = 2;
/** So many in a row have to be fine before it is over. */
const cleanInARow = 2;

/** Stored, so that a restart of the daemon neither forgets nor repeats. */
export interface ProbeStanding {
  /** The last answers, newest last: `x` failed, `f` was fine. */
  readonly recent: string;
  readonly failing: boolean;
  /** The newest finding, while it fails or may fail. */
  readonly finding?: ProbeFinding | undefined;
  /** Since when it says that it starts, ms since 1970; left out when it does not. */
  readonly startingSinceMs?: number | undefined;
}

export const newStanding: ProbeStanding = { recent: "f".repeat(remembered), failing: false };

export interface StandingMoment {
  readonly nowMs: number;
  readonly startGraceMs: number;
  /** The newest start of the service's container, ms since 1970, where it is known. */
  readonly startedAtMs?: number | undefined;
}

export function stood(
  before: ProbeStanding,
  answer: ProbeAnswer,
  moment: StandingMoment,
): ProbeStanding {
  if (answer.status === "unasked") return before;
  if (answer.status === "fine") return withAnswer(before, "f", undefined);
  const startingSinceMs = startOf(before, answer, moment);
  const isStarting =
    startingSinceMs !== undefined && moment.nowMs - startingSinceMs < moment.startGraceMs;
  if (!isStarting || answer.finding.certain === true) {
    const after = withAnswer(before, "x", answer.finding);
    return answer.status === "starting" ? { ...after, startingSinceMs } : after;
  }
  return answer.status === "starting" ? { ...before, startingSinceMs } : before;
}

/** Since when it may be starting; undefined when nothing says that it is. */
function startOf(
  before: ProbeStanding,
  { status }: ProbeAnswer,
  { nowMs, startedAtMs }: StandingMoment,
): number | undefined {
  if (status === "starting") return before.startingSinceMs ?? nowMs;
  return startedAtMs;
}

function withAnswer(
  before: ProbeStanding,
  mark: "x" | "f",
  finding: ProbeFinding | undefined,
): ProbeStanding {
  const recent = `${before.recent}${mark}`.slice(-remembered);
  const failing = isFailing(before, recent, finding);
  const newest = finding ?? before.finding;
  const keeps = failing || recent.includes("x");
  return { recent, failing, ...(keeps && newest !== undefined && { finding: newest }) };
}

function isFailing(
  { failing }: ProbeStanding,
  recent: string,
  finding: ProbeFinding | undefined,
): boolean {
  if (finding?.certain === true) return true;
  if (failing) return !recent.endsWith("f".repeat(cleanInARow));
  return recent.split("x").length - 1 >= failures && recent.endsWith("x");
}

/** Whether the last answer differs from how it stands, so that it is asked again soon. */
export function isUndecided({ recent, failing }: ProbeStanding): boolean {
  return recent.endsWith("x") !== failing;
}
