/** The types of promised effects, which are carried out later, once. */

/** Plain data. The kind decides which executor carries it out. */
export interface Effect {
  readonly kind: string;
}

export interface NewEffect {
  /** Deterministic: the same decision promises the same effect, and it is stored once. */
  readonly id: string;
  readonly incident: string;
  readonly effect: Effect;
  /** Effects of one incident with this key are carried out in the order given. */
  readonly orderKey: string;
  readonly dueAtMs: number;
  /** A timer has no order: it is taken when due, and keeps no other effect waiting. */
  readonly timer: boolean;
}

/** An effect in the hands of a worker, for as long as its lease lasts. */
export interface TakenEffect extends NewEffect {
  readonly owner: string;
  /** Counts from 1; a later attempt fences the ones before it. */
  readonly attempt: number;
  /** Earlier attempts that failed while the dependency was available. */
  readonly failures: number;
  /** What an earlier attempt stored before it acted, without a result: look the result up. Null if there is none. */
  readonly intent: unknown;
  readonly lastError: string | null;
}

export const effectStatuses = ["pending", "working", "done", "dead"] as const;
export type EffectStatus = (typeof effectStatuses)[number];
