/** The contract between the outbox and those who carry effects out. */
import type { IncidentEvent } from "./event.ts";
import type { Effect, Incident } from "./incident.ts";

export interface Attempt {
  /** Deterministic id of the effect: the idempotency key of whatever it does outside. */
  readonly id: string;
  /** 1 at first. */
  readonly attempt: number;
  /** An earlier attempt may have taken effect: look it up before doing it again. */
  readonly unknown: boolean;
}

/**
 * Carries one kind of effect out and says what became of it: events for the same incident, applied in the transaction
 * that marks the effect done. Throws when it should be tried again later.
 */
export type EffectHandler<Kind extends Effect["kind"]> = (
  effect: Extract<Effect, { kind: Kind }>,
  incident: Incident,
  attempt: Attempt,
) => Promise<readonly IncidentEvent[]>;

export type EffectHandlers = { readonly [Kind in Effect["kind"]]: EffectHandler<Kind> };
