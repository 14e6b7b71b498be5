/**
 * The only way in which events reach incidents: decisions of detection, and results of effects. Everything happens in
 * the caller's transaction.
 *
 * # Order of locks
 *
 *     fingerprints of incidents, sorted → fingerprints of digests, sorted → counter of incidents → head of the journal
 *
 * Every transaction takes them in this order, so two transactions never wait for each other. Therefore everything is
 * locked and read before the first event is reduced, and the journal is appended to last.
 */
import type { Clock } from "../clock.ts";
import type { DetectionEvent } from "../detection/event.ts";
import { insertIncident, updateIncident } from "../store/incidents/incident.ts";
import { appendJournal, type JournalEntry } from "../store/journal/append.ts";
import { sealRows } from "../store/journal/seal-rows.ts";
import type { NewEffect } from "../store/outbox/effect.ts";
import { enqueueEffects } from "../store/outbox/enqueue.ts";
import type { Tx } from "../store/query.ts";
import { updateRun } from "../store/runs/run.ts";
import { addToDigest, type Digest, isDigest, reduceDigest } from "./digest.ts";
import type { IncidentEvent } from "./event.ts";
import type { Incident, RunSummary } from "./incident.ts";
import { type LockedIncidents, lockIncidents } from "./locked-incidents.ts";
import type { Moment, ReducerSettings } from "./reduce/aspect.ts";
import type { PlannedEffect } from "./reduce/plan.ts";
import { reduce } from "./reduce/reduce.ts";
import { judgedRun } from "./reduce/runs.ts";

type RunOutcome = NonNullable<RunSummary["outcome"]>;

export interface RecordOptions {
  readonly settings: ReducerSettings;
  readonly clock: Clock;
  /** Gives the order key of a kind of effect. */
  readonly orderKeyOf: (kind: string) => string;
}

/** Something that happened. */
export interface Happened {
  readonly event: IncidentEvent | Extract<DetectionEvent, { type: "quarantined" }>;
  /** Id of the incident it is about; left out, it is about the newest incident of the event's subject. */
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
  const mayDigest = options.settings.ticketed === true;
  const locked = await lockIncidents(tx, addressed, { mayDigest });
  const recording: RecordingState = { ...options, nowMs, locked, effects: [], outcomes: new Map() };
  const entries = happened.map((one) => record(one, recording));
  await write(tx, recording);
  const written = {
    incidents: [...locked.changed("new"), ...locked.changed("stored")].map(({ id }) => id),
    outbox: recording.effects.map(({ id }) => id),
    runs: [...recording.outcomes.keys()],
    // Of what happened, only decisions of detection are stored as such.
    decisions: happened.flatMap(({ event }) => ("id" in event ? [event.id] : [])),
  };
  await appendJournal(tx, [...entries, ...(await sealRows(tx, written, nowMs))]);
}

interface RecordingState extends RecordOptions {
  readonly nowMs: number;
  readonly locked: LockedIncidents;
  readonly effects: NewEffect[];
  /** Of runs that were judged, by run. */
  readonly outcomes: Map<string, RunOutcome>;
}

function record({ event, incident: id }: Happened, recording: RecordingState): JournalEntry {
  const { locked, nowMs, settings } = recording;
  const entry = { kind: event.type, atMs: nowMs, body: event };
  if (event.type === "quarantined") return entry;
  const before = locked.find({ event, incident: id });
  const moment: Moment = { nowMs, nextNumber: locked.nextNumber, settings };
  const after =
    before !== undefined && isDigest(before)
      ? recordInDigest(before, event, { recording, moment })
      : recordInIncident(before, event, { recording, moment });
  const about = after ?? before;
  return about === undefined ? entry : { ...entry, incident: about.id };
}

interface RecordingContext {
  readonly recording: RecordingState;
  readonly moment: Moment;
}

function recordInDigest(
  before: Digest,
  event: IncidentEvent,
  { recording, moment }: RecordingContext,
): Digest | undefined {
  const step = reduceDigest(before, event, moment);
  if (step !== undefined) keep(recording, step.digest, step.effects);
  return step?.digest;
}

function recordInIncident(
  before: Incident | undefined,
  event: IncidentEvent,
  { recording, moment }: RecordingContext,
): Incident | undefined {
  const step = reduce(before, event, moment);
  if (step === undefined) return undefined;
  keep(recording, step.incident, step.effects);
  const judged = judgedRun(step.incident, event);
  if (judged?.outcome !== undefined) recording.outcomes.set(judged.id, judged.outcome);
  if (step.digestEntry !== undefined) {
    const { locked } = recording;
    const nextNumber = locked.nextNumber;
    const digest = locked.digestOf(step.incident);
    const added = addToDigest(digest, step.digestEntry, { ...moment, nextNumber });
    keep(recording, added.digest, added.effects);
  }
  return step.incident;
}

function keep(
  { locked, effects, orderKeyOf }: RecordingState,
  changed: Incident | Digest,
  promised: readonly PlannedEffect[],
): void {
  locked.put(changed);
  for (const planned of promised) {
    const orderKey = orderKeyOf(planned.effect.kind);
    effects.push({ ...planned, incident: changed.id, orderKey });
  }
}

/**
 * Incidents that were stored before come first: one that is resolved makes room for one that is opened. A judged run is
 * over only now: its cooldown counts from the end of its verification.
 */
async function write(tx: Tx, recording: RecordingState): Promise<void> {
  const { locked, effects, outcomes, nowMs } = recording;
  for (const incident of locked.changed("stored")) await updateIncident(tx, incident, nowMs);
  for (const incident of locked.changed("new")) await insertIncident(tx, incident, nowMs);
  await enqueueEffects(tx, effects, nowMs);
  for (const [run, outcome] of outcomes) {
    await updateRun(tx, run, { outcome, finishedAtMs: nowMs });
  }
}
