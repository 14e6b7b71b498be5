/** The aspect of runs: it starts runs, and stores their summaries in the incident. */
import type { EpisodeClosed } from "../../detection/event.ts";
import type { RunEffect } from "../effect.ts";
import type { IncidentEvent, RunChanged } from "../event.ts";
import type { Incident, RunSummary } from "../incident.ts";
import { rememberedRuns } from "../remembered-runs.ts";
import type { Aspect, Change, Transition } from "./aspect.ts";
import type { Planned } from "./plan.ts";
import { answered, askedFirst, proposalTimer, withoutProposals } from "./proposals.ts";
import { givenUpRun, retrySteps, retryTimer, withoutRetries } from "./retries.ts";
import { worsened } from "./worsened.ts";

export const runs: Aspect<"runs"> = {
  name: "runs",
  slice: ["runs"],
  take: (transition) => {
    const { event } = transition;
    if (event.type === "episode_opened") return opened(transition);
    if (event.type === "run_changed") return changed(transition, event);
    if (event.type === "episode_closed") return closed(transition, event);
    return answeredOrJudged(transition);
  },
};

function opened(transition: Transition): Change<"runs"> {
  const runsAfter = worsened(transition);
  return { ...(runsAfter && { slice: { runs: runsAfter } }), effects: starts(transition) };
}

/** Changes of runs by people, by the model or by the target's health. */
function answeredOrJudged(transition: Transition): Change<"runs"> | undefined {
  const { event, incident } = transition;
  const word = answered(transition);
  const after = word?.run ?? judgedWith(transition) ?? givenUpRun(transition, event);
  const effects = [...(word?.effects ?? []), ...retrySteps(transition)];
  if (after === undefined) return effects.length === 0 ? undefined : { effects };
  const runsAfter = incident.runs.map((run) => (run.id === after.id ? after : run));
  return { slice: { runs: runsAfter }, effects };
}

function closed(
  { memberBefore, member, incident }: Transition,
  { episode }: Pick<EpisodeClosed, "episode">,
): Change<"runs"> | undefined {
  if (member === memberBefore) return undefined;
  const isOpen = incident.state === "open";
  const over = { episode, isOpen };
  return { slice: { runs: withoutProposals(withoutRetries(incident.runs, over), over) } };
}

/** Several members may match a fix that one run has already done. Only that run is stored and reported. */
const isAlreadyDone = ({ status, gate, wish }: RunSummary): boolean =>
  status === "denied" && gate === "already_done" && wish === undefined;

/** Whether the proposal is known. A second report of it must not discard the answers of people. */
function isAskedAlready({ status, proposal }: RunSummary, known: RunSummary | undefined): boolean {
  if (status !== "proposed" || proposal === undefined) return false;
  return known?.proposal?.id === proposal.id && known.proposal.madeAtMs === proposal.madeAtMs;
}

/** Starts each fix that matches the member and its episode. */
function starts({ incident, member, moment }: Transition): readonly Planned[] {
  const { subject } = member ?? incident;
  return moment.settings
    .fixesFor({ ...incident, subject })
    .map((fix): { readonly effect: RunEffect } => ({
      effect: { kind: "run.start", fix, episode: incident.episode.id },
    }));
}

function changed(transition: Transition, { run }: RunChanged): Change<"runs"> | undefined {
  const { incident, moment } = transition;
  const known = incident.runs.find(({ id }) => id === run.id);
  if (isAlreadyDone(run) || isAskedAlready(run, known)) return undefined;
  const others = incident.runs.filter(({ id }) => id !== run.id);
  const told = withKnown(run, known);
  const first = known === undefined ? askedFirst(told, moment.nowMs) : undefined;
  const after = first?.run ?? stillAsked(transition, told);
  const slice = { runs: rememberedRuns([...others, after]) };
  return { slice, effects: first?.effects ?? followUps(transition, run) };
}

/** Keeps the known proposal and wish where the new report has none. */
function withKnown(run: RunSummary, known: RunSummary | undefined): RunSummary {
  const proposal = run.proposal ?? known?.proposal;
  const wish = run.wish ?? known?.wish;
  return { ...run, ...(proposal && { proposal }), ...(wish && { wish }) };
}

function followUps(transition: Transition, run: RunSummary): readonly Planned[] {
  const { nowMs, settings } = transition.moment;
  if (run.status === "proposed") return proposalTimer(run, nowMs);
  if (run.status === "denied") return retryTimer(transition, run);
  if (run.status !== "acted") return [];
  return [
    { effect: { kind: "run.ask_model", run: run.id } },
    {
      effect: { kind: "run.check_health", run: run.id },
      dueInMs: settings.healthAfterMs,
      timer: true,
    },
  ];
}

/** Voids a new proposal if the incident recovered while the run was being decided. */
function stillAsked({ incident }: Transition, run: RunSummary): RunSummary {
  if (run.status !== "proposed" || incident.state === "open") return run;
  const [ended = run] = withoutProposals([run], { episode: run.episode ?? "", isOpen: false });
  return ended;
}

/** The judged run. The second in a row that did not help opens the breaker, so the next run needs approval. */
function judgedWith({ incident, event, moment }: Transition): RunSummary | undefined {
  const run = judgedRun(incident, event);
  if (run === undefined) return undefined;
  return { ...run, opensBreaker: moment.unhelped === undefined ? undefined : true };
}

/**
 * The run with the outcome that the event gives it; undefined when the event judges no run of this incident.
 *
 * Health can only show that a run failed. A healthy container does not prove that the model recovered.
 */
export function judgedRun(incident: Incident, event: IncidentEvent): RunSummary | undefined {
  if (event.type !== "verified" && event.type !== "health_checked") return undefined;
  const judged = incident.runs.find((run) => run.id === event.run);
  if (judged === undefined) return undefined;
  if (event.type === "verified") return { ...judged, outcome: event.outcome };
  return event.healthy ? undefined : { ...judged, outcome: "failed" };
}
