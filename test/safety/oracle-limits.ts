/**
 * The oracle's own list of intents, and how it counts them.
 *
 * # Time
 *
 * A limit counts by the store's clock, which may be set. Two intents are within a window when they are so by the store's
 * clock and by the true time. So a limit that is exceeded in truth is found whatever became of the clock. Only where the
 * clock was set ahead by more than the window nothing could tell.
 */
import type { Run } from "../../src/store/runs/run.ts";
import type { Now } from "./oracle-words.ts";
import type { FixSettings } from "./steps.ts";

/** A run that was decided to act. */
export interface Intent {
  readonly at: Now;
  readonly run: string;
  readonly fix: string;
  readonly target: string | null;
  readonly host: string | null;
  readonly started: string | undefined;
  readonly incident: string;
  /** The store was restored since, and may not know of it. */
  forgotten: boolean;
  /** An episode has opened in its incident since. */
  past: boolean;
  /** As it was recorded. */
  status: string;
  outcome: string | undefined;
  /** The act has taken effect. */
  acted: boolean;
  /** When it was last known to do something. */
  end: Now;
}

export function intentOf(run: Run, at: Now): Intent {
  const { id, fix, targetId: target, host, incident, snapshot } = run;
  const since = { forgotten: false, past: false, status: "acting", outcome: undefined };
  const started = snapshot?.["started_at"];
  return { at, run: id, fix, target, host, incident, started, ...since, acted: false, end: at };
}

/** What the run exceeds, one sentence each. */
export function exceeded(
  run: Run,
  {
    settings,
    at,
    intents,
  }: { readonly settings: FixSettings; readonly at: Now; readonly intents: readonly Intent[] },
): readonly string[] {
  const found: string[] = [];
  for (const { scope, runs, windowMs } of settings.budgets) {
    const used = intents.filter(
      (one) => isIn[scope](one, run) && isWithin(one.at, at, windowMs),
    ).length;
    if (used >= runs) found.push(`as number ${used + 1} of ${runs} per ${windowMs} ms (${scope})`);
  }
  const own = intents.filter(({ fix }) => fix === run.fix);
  if (own.some(({ end }) => isSoon(end, at, settings.cooldownMs)))
    found.push("within its cooldown");
  const acting = intents.filter((one) => one.status === "acting" && !one.forgotten).length;
  if (acting >= settings.concurrency) found.push(`while ${acting} others acted`);
  return found;
}

const isIn: Readonly<
  Record<FixSettings["budgets"][number]["scope"], (other: Intent, run: Run) => boolean>
> = {
  all: () => true,
  host: (other, run) => other.host === run.host,
  fix: (other, run) => other.fix === run.fix,
  target: (other, run) => other.fix === run.fix && other.target === run.targetId,
};

/**
 * The fix has acted on the target for this episode of the incident, and nobody has said that it did not help. A person
 * may ask for it again as soon as anything is known of it.
 */
export function isRepeated(
  { fix, targetId, incident }: Run,
  { intents, isWished }: { readonly intents: readonly Intent[]; readonly isWished: boolean },
): boolean {
  return intents.some(
    (one) =>
      one.fix === fix &&
      one.target === targetId &&
      one.incident === incident &&
      !one.past &&
      !one.forgotten &&
      (isWished ? !isKnown(one) : one.outcome !== "not_recovered"),
  );
}

/** What became of it: the act did not take effect, nobody can tell, or the model has answered. */
const isKnown = ({ status, outcome }: Intent): boolean =>
  outcome !== undefined || status === "failed" || status === "unknown";

/** The last two runs of the fix that were judged did not help, in whichever order they are counted. */
export function hasFailedTwice(fix: string, intents: readonly Intent[]): boolean {
  const judged = intents.filter(
    (one) =>
      one.fix === fix &&
      one.status === "acted" &&
      !one.forgotten &&
      (one.outcome === "recovered" || one.outcome === "not_recovered"),
  );
  const byStore = judged.toSorted((a, b) => a.at.storeMs - b.at.storeMs);
  return [judged, byStore].every(
    (all) => all.length > 1 && all.slice(-2).every(({ outcome }) => outcome === "not_recovered"),
  );
}

/** Whether two moments lie in one window; one in the future counts as now. */
function isWithin(then: Now, now: Now, windowMs: number): boolean {
  return now.storeMs - then.storeMs <= windowMs && now.trueMs - then.trueMs <= windowMs;
}

export function isSoon(then: Now, now: Now, restMs: number): boolean {
  return now.storeMs - then.storeMs < restMs && now.trueMs - then.trueMs < restMs;
}
