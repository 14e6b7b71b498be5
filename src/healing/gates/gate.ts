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
   * When the reason may have passed, ms since 1970; `later`: that is not known; `word`: when a person approves. Left
   * out: the denial is final.
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

/** One reason why a run may not happen. A gate gets the facts at hand and those that it needs, and no others. */
export type Gate = { [Needed in Need]: GateThatNeeds<Needed> }[Need];

export const allowed: Judgement = { allow: true };

/** A final denial: the same run is not tried again. */
export function denied(reason: string): Denial {
  return { allow: false, reason };
}

/** A denial for now: the run is tried again while its episode is open. Final when `retry` is undefined. */
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
  if (Number.isNaN(date.getTime())) return "an unknown time";
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
