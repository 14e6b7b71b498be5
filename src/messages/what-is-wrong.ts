/** The fault in one line: of the newest episode, or of all members of a shared incident. */
import { isModelEpisode } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { isShared } from "../incidents/member.ts";
import { data, type Line } from "./message.ts";
import { sharedSummary } from "./shared-text.ts";
import { summaryOf } from "./summary.ts";

export function whatIsWrong(incident: Incident): Line {
  const { episode } = incident;
  if (isShared(incident)) return sharedSummary(incident);
  return isModelEpisode(episode) ? summaryOf(episode) : data(episode.reason, 200);
}
