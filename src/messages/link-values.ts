/** The values of the variables in links and fields for one incident. */
import { type Episode, isModelEpisode } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { scopeOf } from "../incidents/subject.ts";
import type { LinkValues } from "../link-template.ts";
import { modelName } from "../model-key.ts";
import { advisedKind } from "./advised-kind.ts";
import { displayName } from "./names.ts";

/** The dashboard also shows an hour before the start. */
const shownBeforeMs = 3_600_000;

export function linkValuesOf(incident: Incident): LinkValues {
  const { subject, episode } = incident;
  const { tenant, environment } = scopeOf(subject);
  const source = subject.kind === "model" ? modelName(subject.key).source : "";
  const from = Math.max(0, Math.floor(startMs(episode) - shownBeforeMs));
  return {
    model: displayName(episode),
    feature: (isModelEpisode(episode) && episode.features[0]?.feature) || "",
    from: String(from),
    kind: advisedKind(incident) ?? episode.kind,
    source,
    environment,
    tenant,
  };
}

/** Time of the last normal row, ms since 1970. If it is unknown: of the newest row. For a service: of the check. */
export function startMs(episode: Episode): number {
  if (!isModelEpisode(episode)) return episode.at / 1000;
  return (episode.onset?.lastNormal ?? episode.newestRow) / 1000;
}

/**
 * The broken models of a shared incident, or none where the list does not name all. For any other incident, its one
 * model.
 */
export function linkedModels({ episode, members, memberList }: Incident): readonly string[] {
  const broken = (memberList?.named ?? []).filter(({ state }) => state === "joined");
  const names = broken.map((member) => displayName(member.episode));
  if (members.joined > Math.max(names.length, 1)) return [];
  return names.length === 0 ? [displayName(episode)] : [...new Set(names)];
}
