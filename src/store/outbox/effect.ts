/** The types of promised effects. */

/** Plain data. The kind decides which executor carries it out. */
export interface Effect {
  readonly kind: string;
}

export interface NewEffect {
  /** Deterministic: the same decision promises the same id, so the effect is stored once. */
  readonly id: string;
  readonly incident: string;
  readonly effect: Effect;
  /** Effects of one incident with this key are carried out in the order given. */
  readonly orderKey: string;
  readonly dueAtMs: number;
  /** Whether the effect is a timer. A timer is taken when it is due, and delays no other effect. */
  readonly timer: boolean;
}

/** An effect that a worker has taken, until its lease ends. */
export interface TakenEffect extends NewEffect {
  readonly owner: string;
  /** Counts from 1. A later attempt fences the earlier ones. */
  readonly attempt: number;
  /** Earlier attempts that failed while the dependency was available. */
  readonly failures: number;
  /** The intent of an earlier attempt without a stored result. Look up the result. Null if there is no intent. */
  readonly intent: unknown;
  readonly lastError: string | null;
}

export const effectStatuses = ["pending", "working", "done", "dead"] as const;
export type EffectStatus = (typeof effectStatuses)[number];
