/** Denies a run when one of its budgets is used up in the rolling window. Failed attempts count too. */
import { formatDuration } from "../../duration.ts";
import type { Budget } from "../budgets.ts";
import {
  allowed,
  type Denial,
  denied,
  deniedForNow,
  elapsedMs,
  type Gate,
  timeText,
} from "./gate.ts";
import type { HistoryFacts, PastAttempt } from "./gate-facts.ts";

type Facts = Pick<HistoryFacts, "attempts" | "target" | "replicas"> & {
  readonly nowMs: number;
  readonly fix: { readonly name: string };
};

/**
 * An attempt that is exactly as old as the window still counts. An attempt in the future, written under a clock that
 * was ahead, counts as made now. If several budgets are used up, the denial names the one that has room last.
 *
 * Each replica is an attempt. A run on several replicas needs room for all of them before it begins. So a used-up
 * budget never stops it half-way.
 */
export const budget = {
  name: "budget",
  needs: "history",
  judge: (facts) => {
    const denials = facts.fix.budgets.flatMap((one) => judgeOne(one, facts));
    const [last] = denials.toSorted((a, b) => freeAt(b) - freeAt(a));
    return last ?? allowed;
  },
} as const satisfies Gate;

/** A budget per target is judged for each replica. Every other budget needs room for all replicas. */
function judgeOne(one: Budget, facts: Facts): readonly Denial[] {
  const { replicas = [], ...others } = facts;
  if (one.scope !== "target" || replicas.length === 0)
    return judgeNeed(one, facts, Math.max(1, replicas.length));
  return replicas.flatMap((target) => judgeNeed(one, { ...others, target }, 1));
}

/** @param need attempts of the run */
function judgeNeed(one: Budget, facts: Facts, need: number): readonly Denial[] {
  const { nowMs, fix } = facts;
  const used = facts.attempts
    .filter((attempt) => counts(one, attempt, facts))
    .map(({ atMs }) => atMs)
    // Written so that an attempt whose time is not a number counts.
    .filter((atMs) => !(elapsedMs(nowMs, atMs) > one.windowMs));
  if (used.length + need <= one.runs) return [];
  const window = formatDuration(one.windowMs);
  const limit = `${used.length} of ${one.runs} attempts${whose(one, facts)} within ${window} are used`;
  const needs = need === 1 ? "" : `, and ${need} replicas need ${need}`;
  const freed = used.toSorted((a, b) => b - a)[one.runs - need];
  if (freed === undefined) return [denied(`${limit}${needs}: ${fix.name} is allowed ${few(one)}.`)];
  const freeAtMs = freed + one.windowMs;
  const retryAtMs = Number.isFinite(freeAtMs) ? freeAtMs + 1 : undefined;
  const next = `the next is possible after ${timeText(freeAtMs)}.`;
  return [deniedForNow(`${limit}${needs}; ${next}`, retryAtMs)];
}

const few = ({ runs }: Budget): string => (runs === 0 ? "none" : `no more than ${runs}`);

/** Whether the attempt counts for this budget. An attempt or a target that is not known counts. */
function counts({ scope }: Budget, attempt: PastAttempt, { fix, target }: Facts): boolean {
  const isOwn = attempt.fix === fix.name;
  if (scope === "all") return true;
  if (scope === "fix") return isOwn;
  if (scope === "host") return isSame(attempt.host, target?.host);
  return isOwn && isSame(attempt.target, target?.id);
}

const isSame = (was: string | null, is: string | undefined): boolean =>
  was === null || is === undefined || was === is;

function whose({ scope }: Budget, { target }: Facts): string {
  if (scope === "fix") return "";
  if (scope === "all") return " of all fixes";
  if (scope === "host") return ` of all fixes on host ${target?.host ?? "unknown"}`;
  return ` on ${target?.name ?? "this target"}`;
}

/** When the budget has room again; infinity for a final denial. */
const freeAt = ({ retry }: Denial): number =>
  typeof retry === "number" ? retry : Number.POSITIVE_INFINITY;
