/**
 * Applies one event to the incidents of a set. Pure: the daemon and the what-if of `tune` use it, so that both decide
 * alike.
 */

import type { JudgedRun } from "./breaker.ts";
import { addToDigest, type Digest, isDigest, isOverflow, reduceDigest } from "./digest.ts";
import type { IncidentEvent } from "./event.ts";
import type { Incident } from "./incident.ts";
import type { IncidentSet } from "./incident-set.ts";
import { reduceOverflow, takeOverflow } from "./overflow.ts";
import type { PlacedEpisode } from "./placing.ts";
import type { Moment, ReducerSettings } from "./reduce/aspect.ts";
import type { PlannedEffect } from "./reduce/plan.ts";
import { reduce, type Step } from "./reduce/reduce.ts";
import type { Silence } from "./silence.ts";

export interface TakenEvent {
  readonly event: IncidentEvent;
  /** Id of the incident that the event is about. If an episode opens, the incident in which it was placed. */
  readonly incident: string | undefined;
  readonly placed?: PlacedEpisode | undefined;
}

export interface TakingMoment {
  readonly nowMs: number;
  readonly settings: ReducerSettings;
  /** New tickets that the budget still allows. Default: any number. */
  readonly ticketsLeft?: number;
  /** Silences that may cover a new incident. Default: none. */
  readonly silences?: readonly Silence[];
  /**
   * An earlier run of the same fix that did not help. It is given if the event makes two such runs in a row. Default:
   * none.
   */
  readonly unhelped?: JudgedRun;
}

/** What an event changed. */
export interface Outcome {
  /** The incident or digest that it was about. */
  readonly about: Incident | Digest;
  readonly effects: readonly EffectOf[];
  /** Undefined where a digest took it, or nothing changed. */
  readonly step: Step | undefined;
  /** A new ticket was promised. */
  readonly promisesTicket: boolean;
}

/** A planned effect with the id of its incident. */
export interface EffectOf {
  readonly incident: string;
  readonly planned: PlannedEffect;
}

/** @returns undefined when the event is about no known incident */
export function takeEvent(
  incidents: IncidentSet,
  taken: TakenEvent,
  at: TakingMoment,
): Outcome | undefined {
  const { event, placed } = taken;
  if (placed !== undefined) incidents.absorb(placed.incident, placed.absorbs, at.nowMs);
  const before = incidentBefore(incidents, taken);
  const moment: Moment = { ...at, nextNumber: incidents.nextNumber };
  if (before !== undefined && isDigest(before))
    return inDigest(incidents, before, { event, moment });
  const member = before && (incidents.memberOf(before.id, event) ?? null);
  const step = reduce(before, event, { ...moment, member });
  if (step === undefined) return before && { ...unchanged, about: before };
  const effects = stepped(incidents, step, moment);
  const { ticketPromisedAtMs } = step.incident;
  const promisesTicket =
    ticketPromisedAtMs !== undefined && ticketPromisedAtMs !== before?.ticketPromisedAtMs;
  return { about: step.incident, effects, step, promisesTicket };
}

const unchanged = { effects: [], step: undefined, promisesTicket: false } as const;

/** A ticket belongs to the incident that promised it, also when that has become a part of another since. */
function incidentBefore(
  incidents: IncidentSet,
  { event, incident }: TakenEvent,
): Incident | Digest | undefined {
  if (incident === undefined) return undefined;
  return event.type === "ticket_opened" ? incidents.get(incident) : incidents.find(incident);
}

function stepped(incidents: IncidentSet, step: Step, moment: Moment): readonly EffectOf[] {
  const effects = keep(incidents, step.incident, step.effects);
  if (step.member !== undefined) incidents.putMember(step.incident.id, step.member);
  if (step.digestEntry === undefined) return effects;
  const next = { ...moment, nextNumber: incidents.nextNumber };
  const { digestEntry: entry } = step;
  const take = entry.isOverflow === true ? takeOverflow : addToDigest;
  const added = take(incidents.digestOf(step.incident, entry), entry, next);
  return added === undefined
    ? effects
    : [...effects, ...keep(incidents, added.digest, added.effects)];
}

function inDigest(
  incidents: IncidentSet,
  before: Digest,
  { event, moment }: { readonly event: IncidentEvent; readonly moment: Moment },
): Outcome {
  const step = (isOverflow(before) ? reduceOverflow : reduceDigest)(before, event, moment);
  const effects = step === undefined ? [] : keep(incidents, step.digest, step.effects);
  return { about: step?.digest ?? before, effects, step: undefined, promisesTicket: false };
}

function keep(
  incidents: IncidentSet,
  changed: Incident | Digest,
  effects: readonly PlannedEffect[],
): readonly EffectOf[] {
  incidents.put(changed);
  return effects.map((planned) => ({ incident: changed.id, planned }));
}
