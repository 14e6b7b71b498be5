/**
 * Runs that were denied for now. When the time of the denial is over, the model's detectors are asked whether the model
 * is still anomalous. If it is, the run starts again and the gates decide again. The retries end with the episode.
 *
 *     denied for now ── timer ──► is it still anomalous? ── yes ──► run.start, with the answer's time as newest row
 *                                        └─ nothing came ──► final
 */
import { type Episode, isModelEpisode } from "../episode.ts";
import type { IncidentEvent } from "../event.ts";
import type { Incident, RunSummary } from "../incident.ts";
import type { Transition } from "./aspect.ts";
import type { Planned } from "./plan.ts";
import { startedHow, startOf, voidedByQuiet } from "./proposals.ts";

const lookAgainMs = 5 * 60_000;

/** The id of a question in the stream. It contains the run, and the time, so that each question has its own id. */
export function retryQuestion(run: string, atMs: number): string {
  return `${run}~${atMs}`;
}

/** A timer for a run that was denied for now. */
export function retryTimer({ incident, moment }: Transition, run: RunSummary): readonly Planned[] {
  if (run.retryAtMs === undefined || incident.state !== "open") return [];
  const episode = run.episode ?? incident.episode.id;
  const effect = { kind: "run.retry", run: run.id, episode } as const;
  return [{ effect, dueInMs: Math.max(0, run.retryAtMs - moment.nowMs), timer: true }];
}

/** The effects when a retry is due, or when the model has answered. */
export function retrySteps(transition: Transition): readonly Planned[] {
  const { event, incident, member, moment } = transition;
  if (member?.state !== "joined") return [];
  if (event.type === "retry_due") {
    const isOurs = member.episode.id === event.episode;
    if (!isOurs || waitingRun(incident, event.run) === undefined) return [];
    return [{ effect: { kind: "run.ask_again", run: event.run, atMs: moment.nowMs } }];
  }
  const run = answeredRun(incident, event);
  if (run === undefined || event.type !== "verified") return [];
  if (event.outcome === "recovered") return [askedLater(run, member.episode.id)];
  if (!isStillAnomalous(member.episode, event)) return [];
  const newestRowMs = event.at / 1000;
  const how = startedHow(run);
  return [{ effect: { ...startOf(run, member.episode.id), newestRowMs, ...how } }];
}

/**
 * A later question to the model. One normal attribution does not close an episode: the next ones do, or the model is
 * asked again.
 */
function askedLater(run: RunSummary, episode: string): Planned {
  return { effect: { kind: "run.retry", run: run.id, episode }, dueInMs: lookAgainMs, timer: true };
}

/** The run that this event gives up because the model sent no row; undefined when there is none. */
export function givenUpRun(
  { incident, member }: Transition,
  event: IncidentEvent,
): RunSummary | undefined {
  const run = answeredRun(incident, event);
  if (run === undefined || event.type !== "verified" || event.outcome !== "inconclusive")
    return undefined;
  if (member === undefined || isStillAnomalous(member.episode, event)) return undefined;
  if (run.status === "proposed") return voidedByQuiet(run);
  return {
    ...run,
    asked: undefined,
    retryAtMs: undefined,
    detail: `${run.detail} No row came since.`,
  };
}

/** The runs without retries of a closed episode. Once the incident is no longer open, no run is tried again. */
export function withoutRetries(
  runs: readonly RunSummary[],
  { episode, isOpen }: { readonly episode: string; readonly isOpen: boolean },
): readonly RunSummary[] {
  return runs.map((run) => {
    const goesOn = isOpen && run.episode !== episode;
    return goesOn || run.retryAtMs === undefined ? run : { ...run, retryAtMs: undefined };
  });
}

function waitingRun({ runs }: Incident, id: string): RunSummary | undefined {
  return runs.find((run) => run.id === id && (run.retryAtMs !== undefined || run.asked === true));
}

/** The run to which the model's answer belongs. */
function answeredRun(incident: Incident, event: IncidentEvent): RunSummary | undefined {
  if (event.type !== "verified" || incident.state !== "open") return undefined;
  const [id = "", asked] = event.run.split("~");
  return asked === undefined ? undefined : waitingRun(incident, id);
}

/** A silent model cannot answer by new rows, so an answer without rows means that it is still silent. */
function isStillAnomalous(
  episode: Episode,
  { outcome }: Extract<IncidentEvent, { type: "verified" }>,
): boolean {
  if (outcome === "not_recovered") return true;
  return outcome === "inconclusive" && isModelEpisode(episode) && episode.kind === "silent";
}
