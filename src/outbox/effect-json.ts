/** The JSON that the API and `driftwarden effects` show of a promised effect. The content of the effect is left out. */
import { isoTime } from "../iso-time.ts";
import type { OutboxEffect } from "../store/outbox/inspect.ts";

export interface EffectJson {
  readonly id: string;
  readonly kind: string;
  /** The number is null when the incident is not stored any more. */
  readonly incident: { readonly number: number | null; readonly id: string };
  readonly status: OutboxEffect["status"];
  readonly attempts: number;
  readonly due_at: string | null;
  readonly last_error: string | null;
}

export function effectJson(effect: OutboxEffect): EffectJson {
  return {
    id: effect.id,
    kind: effect.effect.kind,
    incident: { number: effect.incidentNumber, id: effect.incident },
    status: effect.status,
    attempts: effect.attempts,
    due_at: isoTime(effect.dueAtMs),
    last_error: effect.lastError,
  };
}
