/**
 * The one incident of a storm, during which no fix runs. This file decides when the incident begins and ends. Pure.
 *
 *     begins   the gate `storm` would deny a run now
 *     ends     at most half of the limits is left of each
 *
 * While the incident is open, the storm counts as on, so that the halved limits apply. This keeps it from opening and
 * closing repeatedly.
 */
import { formatDuration } from "../duration.ts";
import type { ServiceEpisode } from "../incidents/episode.ts";
import type { ServiceEpisodeClosed } from "../incidents/event.ts";
import { fingerprint } from "../incidents/fingerprint.ts";
import type { ServiceSubject } from "../incidents/subject.ts";
import type { StormFacts, StormLimits } from "./gates/gate-facts.ts";
import { mostOf, stormWindowMs } from "./gates/storm.ts";

/** The limits apply to the whole store, so there is one subject for all tenants and environments. */
const stormSubject: ServiceSubject = {
  kind: "service",
  tenant: "default",
  environment: "production",
  name: "all fixes",
};

export const stormFingerprint = fingerprint(stormSubject);

/** The anomalous models and the requested targets, with names for people. */
export interface StormSeen {
  readonly nowMs: number;
  readonly counts: StormFacts;
  /** Names of the anomalous models. */
  readonly models: readonly string[];
  readonly targets: readonly string[];
  /** Id of the episode of the storm that is open; undefined where none is. */
  readonly open: string | undefined;
}

/** The ticket lists at most this many names. */
const listedNames = 30;

/**
 * @param limits undefined where nothing counts as a storm any more
 * @returns undefined where nothing changes
 */
export function stormEvent(
  limits: StormLimits | undefined,
  { nowMs, counts, models, targets, open }: StormSeen,
): ServiceEpisode | ServiceEpisodeClosed | undefined {
  const isOn = counts.isOn || open !== undefined;
  const most = limits && mostOf(limits, { ...counts, isOn });
  // Written so that a count that is not a number is a storm.
  const isStorm =
    most !== undefined &&
    !(counts.targets.length <= most.targets && counts.anomalous <= most.models);
  const at = Math.round(nowMs * 1000);
  if (limits !== undefined && isStorm && open === undefined) {
    const endsAt = mostOf(limits, { ...counts, isOn: true });
    return {
      type: "episode_opened",
      id: `storm-${at}`,
      service: stormSubject,
      at,
      kind: "storm",
      reason: reasonOf(counts),
      severity: "P1",
      storm: {
        models: models.slice(0, listedNames),
        modelCount: counts.anomalous,
        targets: targets.slice(0, listedNames),
        targetCount: counts.targets.length,
        endsAt,
      },
    };
  }
  if (isStorm || open === undefined) return undefined;
  const id = `${open}-over`;
  return {
    type: "episode_closed",
    episode: open,
    id,
    service: stormSubject,
    at,
    cause: "recovered",
  };
}

function reasonOf({ targets, anomalous, models }: StormFacts): string {
  const asked = `${targets.length} ${targets.length === 1 ? "target was" : "targets were"} asked for within ${formatDuration(stormWindowMs)}`;
  return `${anomalous} of ${models} models are anomalous at once, ${asked}: one cause may lie behind all, so no fix runs.`;
}
