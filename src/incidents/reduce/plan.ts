/** Effects as the outbox takes them: ids that the same decision makes again, and when each is due. */
import type { Effect, Incident } from "../incident.ts";

export interface PlannedEffect {
  /** Deterministic: the same decision plans the same effect, so it is stored once. */
  readonly id: string;
  readonly effect: Effect;
  readonly dueAtMs: number;
  /** Effects of one incident run in order; timers stand outside that order. */
  readonly timer: boolean;
}

export interface Timing {
  readonly nowMs: number;
  /** How long these kinds wait, outside the order. */
  readonly timers: Partial<Readonly<Record<Effect["kind"], number>>>;
  /** How long a new ticket waits, in the order: what comes meanwhile stands behind it. */
  readonly ticketAfterMs?: number;
}

/** @param cause names the decision; the same one plans the same ids */
export function plan(
  { id }: Pick<Incident, "id">,
  cause: string,
  { effects, timing }: { readonly effects: readonly Effect[]; readonly timing: Timing },
): readonly PlannedEffect[] {
  const { nowMs, timers, ticketAfterMs = 0 } = timing;
  return effects.map((effect, place) => {
    const timer = timers[effect.kind];
    const waits = timer ?? (effect.kind === "ticket.open" ? ticketAfterMs : 0);
    return {
      id: `${id}:${cause}:${place}:${effect.kind}`,
      effect,
      dueAtMs: nowMs + waits,
      timer: timer !== undefined,
    };
  });
}
