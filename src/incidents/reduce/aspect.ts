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
  /** So long a ticket stays closed that was closed by hand while something is broken, ms. Default 4 hours. */
  readonly closedByHandMs?: number;
  /** So long an incident counts as answered while nothing happens, ms. Default 4 hours. */
  readonly ackForMs?: number;
  /** Whether there is a tracker; without one nobody misses a ticket. Default false. */
  readonly ticketed?: boolean;
  /** Whether tickets get a picture. Default false. */
  readonly pictures?: boolean;
  /** The budget of new tickets: so many in any window of so long. Default: any number. */
  readonly maxNewTickets?: { readonly count: number; readonly windowMs: number };
  /** Whether the source has several models, which one cause may break together. Default: none has. */
  readonly hasSeveralModels?: (source: string) => boolean;
  /** The fixes that this episode of this incident calls for, in config order. */
  readonly fixesFor: (incident: Incident) => readonly string[];
}

export interface Moment {
  readonly nowMs: number;
  /** The number a new incident would get. */
  readonly nextNumber: number;
  readonly settings: ReducerSettings;
  /** The member that the event is about; null when its subject is none. Left out: the incident has one member. */
  readonly member?: Member | null | undefined;
  /** New tickets that the budget still allows. Default: any number. */
  readonly ticketsLeft?: number;
  /** Those of other incidents, which may cover a new one. Default: none. */
  readonly silences?: readonly Silence[];
  /** Another run of the fix that did not help, where the event makes two in a row. Default: none. */
  readonly unhelped?: JudgedRun;
}

/** An event on its way through the aspects. */
export interface Transition {
  readonly event: IncidentEvent;
  /** As it was before the event; undefined when the event opens it. */
  readonly before: Incident | undefined;
  /** As the aspects earlier in the list have left it. */
  readonly incident: Incident;
  /** The member that the event is about, as it was before; undefined when its subject is none. */
  readonly memberBefore: Member | undefined;
  /** As the aspect of members has left it. */
  readonly member: Member | undefined;
  readonly moment: Moment;
}

export interface Change<Slice extends keyof Incident = keyof Incident> {
  /** New values of the aspect's own slice; undefined takes an optional one away. */
  readonly slice?: Partial<Pick<Incident, Slice>>;
  readonly effects?: readonly Planned[];
  /** What became of the member that the event is about. */
  readonly member?: Member;
  /** The incident is over and never had a ticket: the digest shall tell of it. */
  readonly digestEntry?: DigestEntry;
}

/** Pure: reads the incident, the event and the moment; no I/O, no clock. */
export interface Aspect<Slice extends keyof Incident = keyof Incident> {
  readonly name: string;
  /** What it alone writes. */
  readonly slice: readonly Slice[];
  /** @returns undefined when the event does not concern this aspect */
  take(transition: Transition): Change<Slice> | undefined;
}

/** Nobody has been told of the incident, though somebody would have been. */
export function isUntold({ ticket }: Incident, { settings }: Moment): boolean {
  return settings.ticketed === true && ticket === undefined;
}
