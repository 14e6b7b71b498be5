/** Applies events to incidents: lock, reduce, write incident, journal and promised effects, all in one transaction. */
import type { Clock } from "../clock.ts";
import type { DetectionEvent } from "../detection/event.ts";
import {
  insertIncident,
  lockIncident,
  lockLatestIncident,
  nextIncidentNumber,
  updateIncident,
} from "../store/incidents/incident.ts";
import { appendJournal } from "../store/journal/append.ts";
import { enqueueEffects } from "../store/outbox/enqueue.ts";
import type { Tx } from "../store/query.ts";
import type { IncidentEvent } from "./event.ts";
import { fingerprint } from "./fingerprint.ts";
import type { Incident } from "./incident.ts";
import { type ReducerSettings, reduce } from "./reducer.ts";

export interface ApplyOptions {
  readonly settings: ReducerSettings;
  readonly clock: Clock;
}

/** What detection decided; for the newest incident of the model. */
export async function applyDecision(tx: Tx, event: DetectionEvent, options: ApplyOptions): Promise<void> {
  if (event.type === "quarantined") {
    const atMs = options.clock.now();
    await appendJournal(tx, [{ kind: event.type, atMs, body: event }]);
    return;
  }
  const latest = await lockLatestIncident(tx, fingerprint(event.model));
  await apply(tx, { event, incident: latest }, options);
}

/** What became of an effect; for the incident that promised it. */
export async function applyResult(
  tx: Tx,
  result: { readonly event: IncidentEvent; readonly incident: string },
  options: ApplyOptions,
): Promise<void> {
  const incident = await lockIncident(tx, result.incident);
  await apply(tx, { event: result.event, incident }, options);
}

async function apply(
  tx: Tx,
  { event, incident }: { readonly event: IncidentEvent; readonly incident: Incident | undefined },
  { settings, clock }: ApplyOptions,
): Promise<void> {
  const nowMs = clock.now();
  const nextNumber = event.type === "episode_opened" ? await nextIncidentNumber(tx) : 0;
  const step = reduce(incident, event, { nowMs, nextNumber, settings });
  const changed = step?.incident ?? incident;
  if (step !== undefined) {
    const { id } = step.incident;
    if (id === incident?.id) await updateIncident(tx, step.incident, nowMs);
    else await insertIncident(tx, step.incident, nowMs);
    await enqueueEffects(
      tx,
      step.effects.map((effect) => ({ ...effect, incident: id })),
      nowMs,
    );
  }
  const about = changed === undefined ? {} : { incident: changed.id };
  await appendJournal(tx, [{ ...about, kind: event.type, atMs: nowMs, body: event }]);
}
