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

type Facts = Pick<HistoryFacts, "attempts" | "target"> & {
  readonly nowMs: number;
  readonly fix: { readonly name: string };
};

/**
 * An attempt that is exactly as old as the window still counts. An attempt in the future, written under a clock that
 * was ahead, counts as made now. Of several budgets that are used up, the one that is free last is named.
 */
export const budget = {
  name: "budget",
  needs: "history",
  judge: (facts) => {
    const denials = facts.fix.budgets.flatMap((one) => judgeOne(one, facts) ?? []);
    const [last] = denials.toSorted((a, b) => freeAt(b) - freeAt(a));
    return last ?? allowed;
  },
} as const satisfies Gate;

function judgeOne(one: Budget, facts: Facts): Denial | undefined {
  const { nowMs, fix } = facts;
  const used = facts.attempts
    .filter((attempt) => counts(one, attempt, facts))
    .map(({ atMs }) => atMs)
    // Written so that an attempt whose time is not a number counts.
    .filter((atMs) => !(elapsedMs(nowMs, atMs) > one.windowMs));
  if (used.length < one.runs) return undefined;
  const window = formatDuration(one.windowMs);
  const limit = `${used.length} of ${one.runs} attempts${whose(one, facts)} within ${window} are used`;
  const freed = used.toSorted((a, b) => b - a)[one.runs - 1];
  if (freed === undefined) return denied(`${limit}: ${fix.name} is allowed none.`);
  const freeAtMs = freed + one.windowMs;
  return deniedForNow(
    `${limit}; the next is possible after ${timeText(freeAtMs)}.`,
    Number.isFinite(freeAtMs) ? freeAtMs + 1 : undefined,
  );
}

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

/** When the budget has room again; never, for a final denial. */
const freeAt = ({ retry }: Denial): number =>
  typeof retry === "number" ? retry : Number.POSITIVE_INFINITY;
