/** The contract of an aspect: one concern of the incident, and the slice of the incident that only it writes. */
import type { DigestEntry } from "../digest.ts";
import type { IncidentEvent } from "../event.ts";
import type { Incident } from "../incident.ts";
import type { Planned } from "./plan.ts";

export interface ReducerSettings {
  /** Quiet time after an episode before the ticket is resolved, ms. */
  readonly resolveAfterMs: number;
  /** A resolved incident opens again within this time, ms; afterwards the next episode is a new incident. */
  readonly reopenDurationMs: number;
  /** How long after an act the target's own health is judged, ms. */
  readonly healthAfterMs: number;
  /** Whether there is a tracker; without one nobody misses a ticket. Default false. */
  readonly ticketed?: boolean;
  /** The fixes that this episode of this incident calls for, in config order. */
  readonly fixesFor: (incident: Incident) => readonly string[];
}

export interface Moment {
  readonly nowMs: number;
  /** The number a new incident would get. */
  readonly nextNumber: number;
  readonly settings: ReducerSettings;
}

/** An event on its way through the aspects. */
export interface Transition {
  readonly event: IncidentEvent;
  /** As it was before the event; undefined when the event opens it. */
  readonly before: Incident | undefined;
  /** As the aspects earlier in the list have left it. */
  readonly incident: Incident;
  readonly moment: Moment;
}

export interface Change<Slice extends keyof Incident = keyof Incident> {
  /** New values of the aspect's own slice; undefined takes an optional one away. */
  readonly slice?: Partial<Pick<Incident, Slice>>;
  readonly effects?: readonly Planned[];
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
