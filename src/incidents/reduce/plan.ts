/**
 * Gives effects their due times and ids. The ids depend only on the decision. So an effect that is planned twice has
 * one id.
 */
import type { IncidentEffect } from "../effect.ts";

/** An effect as an aspect plans it. */
export interface Planned {
  readonly effect: IncidentEffect;
  /** ms from now, default 0. */
  readonly dueInMs?: number;
  /** A timer does not wait for the effects before it, and they do not wait for it. Default false. */
  readonly timer?: boolean;
}

export interface PlannedEffect {
  /** Deterministic: the same decision plans the same effect, so it is stored once. */
  readonly id: string;
  readonly effect: IncidentEffect;
  readonly dueAtMs: number;
  readonly timer: boolean;
}

export interface Planning {
  /** Id of the incident or digest. */
  readonly id: string;
  /** Names the decision; the same one plans the same ids. */
  readonly cause: string;
  readonly nowMs: number;
}

/**
 * Plans the effects of one decision. The id of an effect contains its position, so the order of the effects never
 * changes.
 */
export function planned(
  effects: readonly Planned[],
  { id, cause, nowMs }: Planning,
): readonly PlannedEffect[] {
  return effects.map(({ effect, dueInMs = 0, timer = false }, place) => ({
    id: `${id}:${cause}:${place}:${effect.kind}`,
    effect,
    dueAtMs: nowMs + dueInMs,
    timer,
  }));
}
