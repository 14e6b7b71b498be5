/** The contract between the outbox and those who carry effects out. */
import type { IncidentEvent } from "../incidents/event.ts";
import type { Effect, Incident } from "../incidents/incident.ts";
import type { MayAct } from "../permit.ts";

export interface Attempt {
  /** Deterministic id of the effect: the idempotency key of whatever it does outside. */
  readonly id: string;
  /** 1 at first. */
  readonly attempt: number;
  /** An earlier attempt may have taken effect: look it up before doing it again. */
  readonly unknown: boolean;
  /** How long ago an earlier attempt last was about to act, ms; undefined when none got so far. */
  readonly sinceActMs?: number | undefined;
  /** Why the attempt before failed, and what to do about it; undefined when none did. */
  readonly lastError?: string | undefined;
  /** Hand it to whoever writes what must not be done twice. */
  readonly mayAct: MayAct;
}

/** What became of an effect that was done with without asking its dependency anything: that says nothing of it. */
export interface Unasked {
  readonly events: readonly IncidentEvent[];
  readonly asked: false;
}

/**
 * Carries one kind of effect out and says what became of it: events for the same incident, applied in the transaction
 * that marks the effect done. Throws when it should be tried again later.
 */
export type EffectHandler<Kind extends Effect["kind"]> = (
  effect: Extract<Effect, { kind: Kind }>,
  incident: Incident,
  attempt: Attempt,
) => Promise<readonly IncidentEvent[] | Unasked>;

export type EffectHandlers = { readonly [Kind in Effect["kind"]]: EffectHandler<Kind> };
