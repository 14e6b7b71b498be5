/**
 * Finds faults that began between the act of a run and its verification, which the run may have caused. The aspect of
 * runs calls this file.
 */
import type { EpisodeOpened } from "../../detection/event.ts";
import type { Episode } from "../episode.ts";
import type { Incident, RunSummary, Worsening } from "../incident.ts";
import { isShared } from "../member.ts";
import type { Transition } from "./aspect.ts";

const mostFeatures = 10;

/** The runs. Each unjudged one has what became worse since its act. Undefined when nothing did. */
export function worsened(transition: Transition): readonly RunSummary[] | undefined {
  const { event, before, incident } = transition;
  if (event.type !== "episode_opened" || before === undefined) return undefined;
  const more = moreBroken(event, before, incident);
  if (more === undefined) return undefined;
  const runs = incident.runs.map((run) =>
    isJudgedBy(run, transition, event) ? { ...run, worse: added(run.worse, more) } : run,
  );
  return runs.some((run, n) => run !== incident.runs[n]) ? runs : undefined;
}

/** Whether the run can have caused the new fault: it acted before, is not judged yet, and is for the same member. */
function isJudgedBy(
  { status, outcome, atMs, episode }: RunSummary,
  { before, memberBefore }: Transition,
  event: Episode,
): boolean {
  if (status !== "acted" || outcome !== undefined || !(event.at / 1000 >= atMs)) return false;
  const isOthers = before !== undefined && isShared(before);
  return !isOthers || (memberBefore !== undefined && memberBefore.episode.id === episode);
}

function moreBroken(event: Episode, before: Incident, after: Incident): Worsening | undefined {
  const known = new Set(featuresOf(before.episode));
  const features = featuresOf(event).filter((feature) => !known.has(feature));
  const rise = after.severity < before.severity && { from: before.severity, to: after.severity };
  const isNewKind = !before.kinds.includes(event.kind);
  if (rise === false && features.length === 0 && !isNewKind) return undefined;
  return {
    atMs: event.at / 1000,
    features: features.slice(0, mostFeatures),
    ...(rise && { rise }),
    ...(isNewKind && { kind: event.kind }),
  };
}

const featuresOf = (episode: Episode): readonly string[] =>
  "features" in episode ? (episode satisfies EpisodeOpened).features.map((one) => one.feature) : [];

function added(known: Worsening | undefined, more: Worsening): Worsening {
  if (known === undefined) return more;
  const features = [...new Set([...known.features, ...more.features])].slice(0, mostFeatures);
  const rise = known.rise && more.rise && { from: known.rise.from, to: more.rise.to };
  return { ...more, ...known, features, ...(rise && { rise }) };
}
