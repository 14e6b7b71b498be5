/**
 * Applies events to incidents: lock, reduce, write the incident and the effects it promises, all in the caller's
 * transaction. Each gives its line for the journal, to be appended at the end of that transaction.
 */
import type { Clock } from "../clock.ts";
import type { DetectionEvent } from "../detection/event.ts";
import {
  insertIncident,
  lockIncident,
  lockLatestIncident,
  nextIncidentNumber,
  updateIncident,
} from "../store/incidents/incident.ts";
import type { JournalEntry } from "../store/journal/append.ts";
import { enqueueEffects } from "../store/outbox/enqueue.ts";
import type { Tx } from "../store/query.ts";
import { updateRun } from "../store/runs/run.ts";
import { lateTicketMs, summarise } from "./digest.ts";
import type { IncidentEvent } from "./event.ts";
import { fingerprint, summaryFingerprint } from "./fingerprint.ts";
import type { Incident, MissedEpisode } from "./incident.ts";
import { plan } from "./reduce/plan.ts";
import { type ReducerSettings, reduce, type Step, timingOf } from "./reduce/reduce.ts";

export interface ApplyOptions {
  readonly settings: ReducerSettings;
  readonly clock: Clock;
}

/** What detection decided; for the newest incident of the model. */
export async function applyDecision(
  tx: Tx,
  event: DetectionEvent,
  options: ApplyOptions,
): Promise<JournalEntry> {
  if (event.type === "quarantined") {
    return { kind: event.type, atMs: options.clock.now(), body: event };
  }
  const latest = await lockLatestIncident(tx, fingerprint(event.model));
  return apply(tx, { event, incident: latest }, options);
}

/** What became of an effect; for the incident that promised it. */
export async function applyResult(
  tx: Tx,
  result: { readonly event: IncidentEvent; readonly incident: string },
  options: ApplyOptions,
): Promise<JournalEntry> {
  const incident = await lockIncident(tx, result.incident);
  return apply(tx, { event: result.event, incident }, options);
}

async function apply(
  tx: Tx,
  { event, incident }: { readonly event: IncidentEvent; readonly incident: Incident | undefined },
  { settings, clock }: ApplyOptions,
): Promise<JournalEntry> {
  const nowMs = clock.now();
  const nextNumber = event.type === "episode_opened" ? await nextIncidentNumber(tx) : 0;
  const step = reduce(incident, event, { nowMs, nextNumber, settings });
  if (step !== undefined) {
    await write(tx, { before: incident, step, nowMs });
    await recordOutcome(tx, { event, after: step.incident, nowMs });
  }
  if (step?.missed !== undefined) await sumUp(tx, step.missed, { nowMs, settings });
  const changed = step?.incident ?? incident;
  const about = changed === undefined ? {} : { incident: changed.id };
  return { ...about, kind: event.type, atMs: nowMs, body: event };
}

/** The summary is locked after the incident, never before it. */
async function sumUp(
  tx: Tx,
  line: MissedEpisode,
  { nowMs, settings }: { readonly nowMs: number; readonly settings: ReducerSettings },
): Promise<void> {
  const before = await lockLatestIncident(tx, summaryFingerprint(line.episode.model));
  const nextNumber = await nextIncidentNumber(tx);
  const { incident, effects, cause } = summarise(before, line, { nowMs, nextNumber });
  const timing = timingOf({ nowMs, settings }, { ticketAfterMs: lateTicketMs });
  const step = { incident, effects: plan(incident, cause, { effects, timing }) };
  await write(tx, { before, step, nowMs });
}

async function write(
  tx: Tx,
  given: { readonly before: Incident | undefined; readonly step: Step; readonly nowMs: number },
): Promise<void> {
  const { before, step, nowMs } = given;
  const { id } = step.incident;
  if (id === before?.id) await updateIncident(tx, step.incident, nowMs);
  else await insertIncident(tx, step.incident, nowMs);
  const promised = step.effects.map((effect) => ({ ...effect, incident: id }));
  await enqueueEffects(tx, promised, nowMs);
}

/** The run is over only now: its cooldown counts from the end of its verification. */
async function recordOutcome(
  tx: Tx,
  told: { readonly event: IncidentEvent; readonly after: Incident; readonly nowMs: number },
): Promise<void> {
  const { event, after, nowMs } = told;
  if (event.type !== "verified" && event.type !== "health_checked") return;
  const outcome = after.runs.find((run) => run.id === event.run)?.outcome;
  if (outcome !== undefined) await updateRun(tx, event.run, { outcome, finishedAtMs: nowMs });
}
