/** What a gate is, and how gates reckon with time. */
import type { GateFacts } from "./gate-facts.ts";

export type GateName =
  | "frozen"
  | "fresh"
  | "restored"
  | "provisional"
  | "tier"
  | "target"
  | "refused"
  | "cooldown"
  | "budget";

export type Judgement =
  | { readonly allow: true }
  /** Why not: one sentence with its numbers, for the ticket. */
  | { readonly allow: false; readonly reason: string };

/** One reason why a run may not happen. Deterministic, no I/O, never throws. */
export interface Gate {
  readonly name: GateName;
  judge(facts: GateFacts): Judgement;
}

export const allowed: Judgement = { allow: true };

export function denied(reason: string): Judgement {
  return { allow: false, reason };
}

/** For how long something is past. A clock that went backwards counts as now: waiting never gets shorter by it. */
export function elapsedMs(nowMs: number, thenMs: number): number {
  return Math.max(0, nowMs - thenMs);
}

/** A moment as people read it in a ticket. */
export function timeText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "an unknown time" : date.toISOString();
}
