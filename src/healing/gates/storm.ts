/**
 * Denies runs during a storm: runs on many targets are requested, or many models are anomalous, at the same time. One
 * cause may be behind all of them. Restarting each target would not remove that cause.
 *
 *     begins   targets > K, or anomalous models > K and > share · known models
 *     ends     targets ≤ K / 2 and anomalous models ≤ max(K, share · known models) / 2, counted at each request
 *
 * Both halves are rounded up. A denied run is requested again, so a target that stays broken keeps counting. With the
 * default of three, two such targets do not keep the storm going.
 */
import { formatDuration } from "../../duration.ts";
import { allowed, deniedForNow, type Gate, timeText } from "./gate.ts";
import type { StormFacts, StormLimits } from "./gate-facts.ts";

/** Only requests within this time count, ms. The halved limits hold for this long after the last denial. */
export const stormWindowMs = 15 * 60_000;
const lookAgainMs = 5 * 60_000;

export const storm = {
  name: "storm",
  needs: "history",
  judge: ({ nowMs, fix: { storm: limits }, storm: seen, target }) => {
    if (limits === undefined || seen === undefined) return allowed;
    const targets = new Set([...seen.targets, ...(target === undefined ? [] : [target.id])]).size;
    const most = mostOf(limits, seen);
    // Written so that a count that is not a number denies.
    const fewTargets = targets <= most.targets;
    const fewModels = seen.anomalous <= most.models;
    if (fewTargets && fewModels) return allowed;
    const what = fewTargets
      ? `${seen.anomalous} of ${seen.models} models are anomalous at once, and at most ${most.models}`
      : `${targets} targets were asked for within ${formatDuration(stormWindowMs)}, and at most ${most.targets}`;
    const atMs = nowMs + lookAgainMs;
    const rule = seen.isOn
      ? "may be before the storm is over"
      : "may be before it counts as a storm";
    return deniedForNow(
      `${what} ${rule}: one cause may lie behind all, so nothing runs. It is looked at again at ${timeText(atMs)}.`,
      atMs,
    );
  },
} as const satisfies Gate;

/** The highest numbers that are no storm. While a storm is on, they are halved. */
export function mostOf(
  { targets, models }: StormLimits,
  seen: Pick<StormFacts, "isOn" | "models">,
): StormLimits {
  const part = seen.isOn ? 2 : 1;
  const allowedModels = Math.max(targets, models * seen.models);
  return {
    targets: Math.ceil(targets / part),
    models: seen.isOn ? Math.ceil(allowedModels / part) : Math.floor(allowedModels),
  };
}
