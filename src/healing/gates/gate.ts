/** The contract of a gate, and helpers for time. */
import type { FactsAtHand, FactsByNeed } from "./gate-facts.ts";

/** The facts that must be read before a gate can judge. */
export type Need = keyof FactsByNeed;

export type Judgement = { readonly allow: true } | Denial;

export interface Denial {
  readonly allow: false;
  /** Why the run is denied: one sentence with its numbers, for the ticket. */
  readonly reason: string;
  /**
   * When the reason may be over, ms since 1970. `later`: that time is not known. `word`: when a person approves. Left
   * out: the denial is final.
   */
  readonly retry?: number | "later" | "word";
}

interface GateThatNeeds<Needed extends Need> {
  /** The name is stored with a denied run and shown to people, so it never changes. */
  readonly name: string;
  readonly needs: Needed;
  /** Deterministic, no I/O, never throws. */
  readonly judge: (facts: FactsAtHand & FactsByNeed[Needed]) => Judgement;
}

/**
 * A gate checks one reason for which a run may not happen. It gets only the facts at hand and the facts that it needs.
 */
export type Gate = { [Needed in Need]: GateThatNeeds<Needed> }[Need];

export const allowed: Judgement = { allow: true };

/** A final denial: the run is not tried again. */
export function denied(reason: string): Denial {
  return { allow: false, reason };
}

/** A denial for now: the run is tried again while its episode is open. Final when `retry` is undefined. */
export function deniedForNow(reason: string, retry: Denial["retry"]): Denial {
  return retry === undefined ? denied(reason) : { allow: false, reason, retry };
}

/** The time from then to now, at least 0. So a clock that went backwards never makes a wait shorter. */
export function elapsedMs(nowMs: number, thenMs: number): number {
  return Math.max(0, nowMs - thenMs);
}

/** A time as tickets show it. */
export function timeText(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "an unknown time";
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
