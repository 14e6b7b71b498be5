/**
 * Runs that wait for approval: the answers of people, and the end of a proposal. The aspect of runs calls this file.
 *
 *     proposed ── the last yes needed ──► run.start, or first the question whether it is still anomalous
 *        ├── no ──► declined        ├── its time or its episode is over ──► void ── `approve` ──► proposed again
 */
import type { Commanded, ProposalDue } from "../deed.ts";
import type { RunEffect } from "../effect.ts";
import type { IncidentEvent } from "../event.ts";
import type { Incident, RunSummary } from "../incident.ts";
import { type AnsweredProposal, isApproved, stricter, unansweredDetail } from "../proposal.ts";
import type { Transition } from "./aspect.ts";
import type { Planned } from "./plan.ts";

type StartEffect = Extract<RunEffect, { kind: "run.start" }>;

/** A changed run, and the effects of the change. */
export interface AnsweredRun {
  readonly run: RunSummary;
  readonly effects: readonly Planned[];
}

/** The timer of a proposal that was just made. */
export function proposalTimer({ id, proposal }: RunSummary, nowMs: number): readonly Planned[] {
  if (proposal === undefined) return [];
  const effect = { kind: "run.proposal_over", run: id, proposal: proposal.id } as const;
  return [{ effect, dueInMs: Math.max(0, proposal.untilMs - nowMs), timer: true }];
}

/** The run whose proposal the event changes; undefined when the event is about none. */
export function answered(transition: Transition): AnsweredRun | undefined {
  const { event, incident } = transition;
  if (event.type === "proposal_due") return unanswered(incident, event);
  return event.type === "commanded" ? commanded(transition, event) : undefined;
}

function commanded(transition: Transition, event: Commanded): AnsweredRun | undefined {
  const { deed } = event;
  if (deed.kind === "propose_again") return againAsked(transition, deed.run);
  if (deed.kind !== "approve" && deed.kind !== "decline") return undefined;
  const run = waiting(transition.incident, deed);
  if (run?.proposal === undefined) return undefined;
  if (deed.kind === "decline")
    return { run: ended(run, "declined", "A person said no."), effects: [] };
  return approved(transition, { run, proposal: run.proposal, event });
}

/** The run, if its status is still `proposed` and this proposal is its newest one. */
function waiting(
  { runs }: Incident,
  { run: id, proposal }: { readonly run: string; readonly proposal: string },
): RunSummary | undefined {
  return runs.find(
    (run) => run.id === id && run.status === "proposed" && run.proposal?.id === proposal,
  );
}

interface Approving {
  readonly run: RunSummary;
  readonly proposal: AnsweredProposal;
  readonly event: Commanded;
}

function approved(
  { incident, moment }: Transition,
  { run, proposal, event: { by, command, deed } }: Approving,
): AnsweredRun | undefined {
  if (proposal.approved === true) return undefined;
  const said = [...proposal.said, { by, command, atMs: moment.nowMs }];
  const rules = stricter(proposal.rules, deed.kind === "approve" ? deed.rules : undefined);
  const after = { ...proposal, rules, said };
  if (!isApproved(after)) return { run: { ...run, proposal: after }, effects: [] };
  const ready = { ...run, proposal: { ...after, approved: true as const } };
  return startOrAsk(ready, { nowMs: moment.nowMs, incident, how: { approved: proposal.id } });
}

interface Starting {
  readonly nowMs: number;
  readonly incident: Incident;
  readonly how: { readonly approved: string } | { readonly again: true };
}

/** Starts the run if its evidence is fresh. Otherwise asks the model's detectors first. */
function startOrAsk(run: RunSummary, { nowMs, incident, how }: Starting): AnsweredRun {
  const { newestRowMs = Number.NaN, freshUntilMs = Number.NaN } = run.proposal ?? {};
  const episode = run.episode ?? incident.episode.id;
  // Written so that the model is asked where a time is not a number.
  if (nowMs < freshUntilMs)
    return {
      run,
      effects: [{ effect: { ...startOf(run, episode), newestRowMs, ...how } }],
    };
  return {
    run: { ...run, asked: true },
    effects: [{ effect: { kind: "run.ask_again", run: run.id, atMs: nowMs } }],
  };
}

/**
 * The id of a run is derived from fix, episode and wish. A wish keeps its first episode, so that its run is found
 * again.
 */
export function startOf(run: RunSummary, episode: string): StartEffect {
  const { fix, wish } = run;
  if (wish === undefined) return { kind: "run.start", fix, episode };
  return { kind: "run.start", fix, episode: run.episode ?? episode, wish };
}

/** How a run starts once the model has answered that it is still anomalous. */
export function startedHow({ status, proposal }: RunSummary): Partial<{
  readonly approved: string;
  readonly again: true;
}> {
  if (proposal?.approved === true && status === "proposed") return { approved: proposal.id };
  return status === "void" ? { again: true } : {};
}

/** A wish whose evidence was too old is void. The model is asked first. Its answer leads to a new proposal. */
export function askedFirst(run: RunSummary, nowMs: number): AnsweredRun | undefined {
  const { status, wish, gate } = run;
  if (status !== "void" || wish === undefined || gate !== "fresh") return undefined;
  const effect = { kind: "run.ask_again", run: run.id, atMs: nowMs } as const;
  return { run: { ...run, asked: true }, effects: [{ effect }] };
}

function againAsked({ incident, moment }: Transition, id: string): AnsweredRun | undefined {
  const run = incident.runs.find((known) => known.id === id && known.status === "void");
  if (run === undefined || incident.state !== "open" || run.asked === true) return undefined;
  return startOrAsk(run, { nowMs: moment.nowMs, incident, how: { again: true } });
}

/** How a proposal ended. `void`: the subject was back to normal before people answered. */
export type ProposalEnd = "approved" | "denied" | "expired" | "void";

/** @param run a proposal that ended without the engine */
export function endOf({ status, detail }: RunSummary): ProposalEnd {
  if (status === "declined") return "denied";
  return detail === unansweredDetail ? "expired" : "void";
}

/** The proposal to which this event gave the last approval; undefined when there is none. */
export function approvedBy({ runs }: Incident, event: IncidentEvent): AnsweredProposal | undefined {
  if (event.type !== "commanded" || event.deed.kind !== "approve") return undefined;
  const { run: id } = event.deed;
  const proposal = runs.find((run) => run.id === id)?.proposal;
  const isLast = proposal?.said.at(-1)?.command === event.command;
  return proposal?.approved === true && isLast ? proposal : undefined;
}

/** An approved proposal does not become void here: the gate `approval` checks the time itself. */
function unanswered(incident: Incident, due: ProposalDue): AnsweredRun | undefined {
  const run = waiting(incident, due);
  if (run?.proposal === undefined || run.proposal.approved === true) return undefined;
  return { run: ended(run, "void", unansweredDetail), effects: [] };
}

/**
 * Makes the proposals for a closed episode void. Once the incident is no longer open, all its proposals become void.
 */
export function withoutProposals(
  runs: readonly RunSummary[],
  { episode, isOpen }: { readonly episode: string; readonly isOpen: boolean },
): readonly RunSummary[] {
  return runs.map((run) => {
    const goesOn = isOpen && run.episode !== episode;
    if (goesOn || run.status !== "proposed") return withoutQuestion(run, goesOn);
    return ended(run, "void", "It was back to normal before anything was done.");
  });
}

const withoutQuestion = (run: RunSummary, goesOn: boolean): RunSummary =>
  goesOn || run.asked !== true ? run : { ...run, asked: undefined };

function ended(run: RunSummary, status: "declined" | "void", detail: string): RunSummary {
  return { ...run, status, detail, asked: undefined };
}

/** Ends an approved proposal whose model sent no row when it was asked. */
export const voidedByQuiet = (run: RunSummary): RunSummary =>
  ended(run, "void", "It was approved, but no row came by which it could still be judged.");

const ends: ReadonlySet<IncidentEvent["type"]> = new Set([
  "commanded",
  "proposal_due",
  "episode_closed",
  "run_changed",
  "verified",
]);

/** Runs that this event may have ended without the engine. Their stored rows have to be updated. */
export function endedByWord(incident: Incident, event: IncidentEvent): readonly RunSummary[] {
  if (!ends.has(event.type)) return [];
  return incident.runs.filter(({ status }) => status === "declined" || status === "void");
}
