/** The contract of a gate, and helpers for time. */
import type { FactsAtHand, FactsByNeed } from "./gate-facts.ts";

/** What must be found out before a gate can be asked. */
export type Need = keyof FactsByNeed;

export type Judgement = { readonly allow: true } | Denial;

export interface Denial {
  readonly allow: false;
  /** Why not: one sentence with its numbers, for the ticket. */
  readonly reason: string;
  /**
   * When the reason may have passed, ms since 1970; `later` while nobody knows; `word`: when a person says so; left out,
   * the denial is final.
   */
  readonly retry?: number | "later" | "word";
}

interface GateThatNeeds<Needed extends Need> {
  /** Stored with a denied run, and shown: it never changes. */
  readonly name: string;
  readonly needs: Needed;
  /** Deterministic, no I/O, never throws. */
  readonly judge: (facts: FactsAtHand & FactsByNeed[Needed]) => Judgement;
}

/** One reason why a run may not happen. It sees the facts at hand and those that it needs, and no others. */
export type Gate = { [Needed in Need]: GateThatNeeds<Needed> }[Need];

export const allowed: Judgement = { allow: true };

/** A final denial: the same run is not asked for again. */
export function denied(reason: string): Denial {
  return { allow: false, reason };
}

/** A passing denial: the run is asked for again, as long as its episode is open. */
export function deniedForNow(reason: string, retry: Denial["retry"]): Denial {
  return retry === undefined ? denied(reason) : { allow: false, reason, retry };
}

/** How long ago something was, at least 0: a clock that went backwards never makes a wait shorter. */
export function elapsedMs(nowMs: number, thenMs: number): number {
  return Math.max(0, nowMs - thenMs);
}

/** A moment as people read it in a ticket. */
export function timeText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "an unknown time" : date.toISOString();
}
