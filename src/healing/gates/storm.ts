/**
 * Denies runs while runs on many targets are requested, or many models are anomalous, at once. One cause may lie behind
 * all of them, and restarting each target would not remove it.
 *
 *     begins   targets > K, or anomalous models > K and > share · known models
 *     ends     targets ≤ K / 2 and anomalous models ≤ max(K, share · known models) / 2, counted at each request
 *
 * Both halves are rounded up. A denied run is requested again, so targets that stay broken keep counting. With three,
 * the default, two such targets must not keep the storm going.
 */
import { formatDuration } from "../../duration.ts";
import { allowed, deniedForNow, type Gate, timeText } from "./gate.ts";
import type { StormFacts, StormLimits } from "./gate-facts.ts";

/** Requests within this time count. A storm's lower limits hold for this long after its last denial, ms. */
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

/** At most so many are no storm. While one is on, that is half. */
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
