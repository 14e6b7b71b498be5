/**
 * Applies events to incidents: decisions of detection, and results of effects. No other code does. Everything happens
 * in the caller's transaction.
 *
 * # Order of locks
 *
 *     scopes of sources and environments, and fixes of judged runs, sorted → counter of incidents → freezes
 *       → head of the journal
 *
 * An incident, its members and its digest change only while their scope is locked. Every transaction takes the locks in
 * this order, so two transactions never deadlock. Therefore everything is locked and read before the first event is
 * reduced, and the journal is written last.
 */
import type { Clock } from "../clock.ts";
import type { DetectionEvent } from "../detection/event.ts";
import { wakeUnfrozen } from "../store/freezes/wake.ts";
import {
  memberKey,
  moveMembers,
  saveMember,
  saveMemberState,
} from "../store/incident-members/member.ts";
import { insertIncident, updateIncident } from "../store/incidents/incident.ts";
import { appendJournal, type JournalEntry } from "../store/journal/append.ts";
import { sealRows } from "../store/journal/seal-rows.ts";
import type { SealedKeys } from "../store/journal/sealed-tables.ts";
import type { NewEffect } from "../store/outbox/effect.ts";
import { enqueueEffects } from "../store/outbox/enqueue.ts";
import type { Tx } from "../store/query.ts";
import { updateRun } from "../store/runs/run.ts";
import type { JudgedRun } from "./breaker.ts";
import type { IncidentEvent } from "./event.ts";
import type { RunSummary } from "./incident.ts";
import { type LockedIncidents, lockIncidents } from "./lock-incidents.ts";
import type { ReducerSettings } from "./reduce/aspect.ts";
import { approvedBy, endedByWord, endOf, type ProposalEnd } from "./reduce/proposals.ts";
import { judgedRun } from "./reduce/runs.ts";
import { type Outcome, type TakenEvent, takeEvent } from "./take-event.ts";

type RunOutcome = NonNullable<RunSummary["outcome"]>;

export interface RecordOptions {
  readonly settings: ReducerSettings;
  readonly clock: Clock;
  /** The order key of a kind of effect. */
  readonly orderKeyOf: (kind: string) => string;
  /** Called for each proposal that ended, with how long it waited, ms. Default: nothing is called. */
  readonly onProposalOver?: (end: ProposalEnd, waitedMs: number) => void;
}

/** An event, with the incident that it is about. */
export interface Happened {
  readonly event: IncidentEvent | Extract<DetectionEvent, { type: "quarantined" }>;
  /**
   * Id of the incident. Left out: the incident of the run for `verified`, else the newest incident of the event's
   * subject.
   */
  readonly incident?: string;
}

/** Records what happened, in the order given: incidents, the effects they promise, and the journal. */
export async function recordEvents(
  tx: Tx,
  happened: readonly Happened[],
  options: RecordOptions,
): Promise<void> {
  if (happened.length === 0) return;
  const nowMs = options.clock.now();
  const addressed = happened.flatMap(({ event, incident }) =>
    event.type === "quarantined" ? [] : [{ event, incident }],
  );
  const { settings } = options;
  const locked = await lockIncidents(tx, addressed, { nowMs, settings });
  const { onProposalOver } = options;
  const recording: RecordingState = {
    ...options,
    // A transaction that is tried again after a conflict would count a proposal twice.
    ...(onProposalOver && {
      onProposalOver: (end, waitedMs) => tx.afterCommit(() => onProposalOver(end, waitedMs)),
    }),
    ...locked,
    nowMs,
    effects: [],
    outcomes: new Map(),
    ended: new Map(),
  };
  const taken = locked.events.values();
  const entries = happened.map(({ event }) =>
    event.type === "quarantined"
      ? { kind: event.type, atMs: nowMs, body: event }
      : record(taken.next().value!, recording),
  );
  const written = {
    ...(await write(tx, recording)),
    // Only decisions of detection have rows of their own.
    decisions: happened.flatMap(({ event }) => ("id" in event ? [event.id] : [])),
  };
  await wakeUnfrozen(tx, happened.flatMap(frozenRun), nowMs);
  await appendJournal(tx, [...entries, ...(await sealRows(tx, written, nowMs))]);
}

/** The run that a freeze denied. The freeze may have ended since the decision. */
function frozenRun({ event }: Happened): readonly string[] {
  return event.type === "run_changed" && event.run.gate === "frozen" ? [event.run.id] : [];
}

interface RecordingState extends RecordOptions, LockedIncidents {
  readonly nowMs: number;
  ticketsLeft: number;
  readonly effects: NewEffect[];
  /** Proposals that ended without the engine, by run. */
  readonly ended: Map<string, RunSummary>;
  /** Outcomes of judged runs, by run. */
  readonly outcomes: Map<string, RunOutcome>;
}

function record(taken: TakenEvent, recording: RecordingState): JournalEntry {
  const { incidents, effects, outcomes, orderKeyOf } = recording;
  const { nowMs, settings, ticketsLeft, silences } = recording;
  const { event } = taken;
  const unhelped = otherUnhelped(recording, event);
  const at = { nowMs, settings, ticketsLeft, silences, ...(unhelped && { unhelped }) };
  const outcome = takeEvent(incidents, taken, at);
  const entry = { kind: event.type, atMs: nowMs, body: event };
  if (outcome === undefined) return entry;
  for (const { incident, planned } of outcome.effects)
    effects.push({ ...planned, incident, orderKey: orderKeyOf(planned.effect.kind) });
  if (outcome.promisesTicket) recording.ticketsLeft -= 1;
  const judged = outcome.step && judgedRun(outcome.step.incident, event);
  for (const run of outcome.step ? endedByWord(outcome.step.incident, event) : [])
    recording.ended.set(run.id, run);
  if (judged?.outcome !== undefined) outcomes.set(judged.id, judged.outcome);
  countApproval(outcome, event, recording);
  return { ...entry, incident: outcome.about.id };
}

/** The previous run of the fix that did not help, if the event makes it two in a row. */
function otherUnhelped({ fixRuns }: RecordingState, event: IncidentEvent): JudgedRun | undefined {
  if (event.type === "verified") return fixRuns.judge(event.run, event.outcome);
  if (event.type !== "health_checked" || event.healthy) return undefined;
  return fixRuns.judge(event.run, "failed");
}

function countApproval(
  { step }: Pick<Outcome, "step">,
  event: IncidentEvent,
  { onProposalOver, nowMs }: RecordingState,
): void {
  const approved = step && approvedBy(step.incident, event);
  if (approved) onProposalOver?.("approved", nowMs - approved.madeAtMs);
}

/** A proposal that was approved before it became void has been counted already. */
function countEnd(run: RunSummary, { onProposalOver, nowMs }: RecordingState): void {
  const { proposal, status } = run;
  if (proposal === undefined || (proposal.approved === true && status === "void")) return;
  onProposalOver?.(endOf(run), nowMs - proposal.madeAtMs);
}

/**
 * Writes the changes. Incidents that were stored before are written first, because only one unresolved incident can
 * have a fingerprint. A judged run gets its end here, because its cooldown begins with the end of its verification.
 *
 * @returns the rows that were written
 */
async function write(tx: Tx, recording: RecordingState): Promise<SealedKeys> {
  const { incidents, effects, outcomes, ended, nowMs } = recording;
  const [stored, opened] = [incidents.changed("stored"), incidents.changed("new")];
  for (const incident of stored) await updateIncident(tx, incident, nowMs);
  for (const incident of opened) await insertIncident(tx, incident, nowMs);
  const members: string[] = [];
  for (const absorbed of incidents.absorbed) members.push(...(await moveMembers(tx, absorbed)));
  for (const changed of incidents.changedMembers()) {
    const save = incidents.isEpisodeStored(changed.member) ? saveMemberState : saveMember;
    await save(tx, changed);
    members.push(memberKey(changed.incident, changed.member.fingerprint));
  }
  await enqueueEffects(tx, effects, nowMs);
  for (const [run, outcome] of outcomes) {
    await updateRun(tx, run, { outcome, finishedAtMs: nowMs });
  }
  const changed: string[] = [];
  for (const run of ended.values()) {
    const { id, status, detail } = run;
    const change = { status, detail, finishedAtMs: nowMs, from: "proposed" } as const;
    if ((await updateRun(tx, id, change)) === undefined) continue;
    changed.push(id);
    countEnd(run, recording);
  }
  return {
    incidents: [...opened, ...stored].map(({ id }) => id),
    incident_members: members,
    outbox: effects.map(({ id }) => id),
    runs: [...outcomes.keys(), ...changed],
  };
}
