/** The contract of an aspect: one concern of the incident, and the slice of the incident that only it writes. */
import type { JudgedRun } from "../breaker.ts";
import type { DigestEntry } from "../digest.ts";
import type { IncidentEvent } from "../event.ts";
import type { Incident } from "../incident.ts";
import type { Member } from "../member.ts";
import type { PlacingSettings } from "../place.ts";
import type { Silence } from "../silence.ts";
import type { Planned } from "./plan.ts";

export interface ReducerSettings extends PlacingSettings {
  /** Quiet time after an episode before the ticket is resolved, ms. */
  readonly resolveAfterMs: number;
  /** How long after an act the target's own health is judged, ms. */
  readonly healthAfterMs: number;
  /** How long a ticket stays closed if a person closes it while something is broken, ms. Default 4 hours. */
  readonly closedByHandMs?: number;
  /** How long an acknowledgement lasts while nothing happens, ms. Default 4 hours. */
  readonly ackForMs?: number;
  /** Whether a tracker is configured. Default false. */
  readonly ticketed?: boolean;
  /** Whether tickets get a picture. Default false. */
  readonly pictures?: boolean;
  /** The budget of new tickets: at most `count` in any `windowMs`. Default: any number. */
  readonly maxNewTickets?: { readonly count: number; readonly windowMs: number };
  /** Whether the source has several models, which one cause may break together. Default: none has. */
  readonly hasSeveralModels?: (source: string) => boolean;
  /** Names of the fixes that match the incident with its newest episode, in config order. */
  readonly fixesFor: (incident: Incident) => readonly string[];
}

export interface Moment {
  readonly nowMs: number;
  /** The number that a new incident would get. */
  readonly nextNumber: number;
  readonly settings: ReducerSettings;
  /** The member that the event is about; null when there is none. Left out: the incident has one member. */
  readonly member?: Member | null | undefined;
  /** New tickets that the budget still allows. Default: any number. */
  readonly ticketsLeft?: number;
  /** Silences of other incidents, which may cover a new one. Default: none. */
  readonly silences?: readonly Silence[];
  /** The previous run of the fix that did not help, if the event makes it two in a row. Default: none. */
  readonly unhelped?: JudgedRun;
}

/** An event with the incident as the aspects have changed it so far. */
export interface Transition {
  readonly event: IncidentEvent;
  /** The incident before the event; undefined when the event opens it. */
  readonly before: Incident | undefined;
  /** The incident as the earlier aspects of the list have changed it. */
  readonly incident: Incident;
  /** The member that the event is about, before the event; undefined when there is none. */
  readonly memberBefore: Member | undefined;
  /** The same member as the aspect of members has changed it. */
  readonly member: Member | undefined;
  readonly moment: Moment;
}

export interface Change<Slice extends keyof Incident = keyof Incident> {
  /** New values of the aspect's own slice; undefined removes an optional value. */
  readonly slice?: Partial<Pick<Incident, Slice>>;
  readonly effects?: readonly Planned[];
  /** The member that the event is about, if it changed. */
  readonly member?: Member;
  /** An entry for a digest. The incident ended without a ticket, or exceeded the budget of new tickets. */
  readonly digestEntry?: DigestEntry;
}

/** Pure: reads the incident, the event and the moment; no I/O, no clock. */
export interface Aspect<Slice extends keyof Incident = keyof Incident> {
  readonly name: string;
  /** The fields that only this aspect writes. */
  readonly slice: readonly Slice[];
  /** @returns undefined when the event does not concern this aspect */
  take(transition: Transition): Change<Slice> | undefined;
}

/** Whether a tracker is configured and the incident has no ticket yet. */
export function isUntold({ ticket }: Incident, { settings }: Moment): boolean {
  return settings.ticketed === true && ticket === undefined;
}
