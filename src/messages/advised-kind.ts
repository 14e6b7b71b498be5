/** Finds the kind that the advice of a ticket is about. */
import { isModelEpisode, probedKinds, reportedKinds } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { isShared } from "../incidents/member.ts";
import type { AdvisedKind } from "./advice.ts";

/** The kind that advice and runbook are about; undefined for a storm, and for kinds that nothing opens. */
export function advisedKind({ kinds, episode, ...incident }: Incident): AdvisedKind | undefined {
  if (!isModelEpisode(episode))
    return [...probedKinds, ...reportedKinds].find((kind) => kind === episode.kind);
  return isShared(incident) && kinds.includes("source_silent") ? "source_silent" : episode.kind;
}

/** Kinds that a deploy or a retrain may explain. */
export const announceable: ReadonlySet<AdvisedKind> = new Set<AdvisedKind>([
  "shift",
  "level_shift",
  "leak",
  "feature_missing",
  "new_feature",
]);
