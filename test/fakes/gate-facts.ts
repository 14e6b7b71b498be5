/** Facts by which every gate allows a run, and what a gate says of others. */
import type { Target } from "../../remediations/remediation.ts";
import type { Gate } from "../../src/healing/gates/gate.ts";
import type { GateFacts } from "../../src/healing/gates/gate-facts.ts";
import { atMost } from "./limits.ts";

export const minute = 60_000;
export const nowMs = Date.parse("2026-03-01T12:00:00Z");

export function targetNamed(name: string, known: Partial<Target> = {}): Target {
  return { id: name, name, host: "vm", snapshot: {}, refusal: undefined, ...known };
}

export const fineFacts: GateFacts = {
  nowMs,
  fix: {
    name: "restart-svc",
    tier: "auto",
    cooldownMs: 30 * minute,
    ...atMost(3, 1440 * minute),
  },
  freeze: undefined,
  restoredAtMs: undefined,
  newestRowMs: nowMs - minute,
  cadenceMs: minute,
  warmUp: undefined,
  targets: [targetNamed("svc-1")],
  lastAttemptEndMs: undefined,
  attempts: [],
};

/** The reason of a denial; undefined when it is allowed. */
export function reasonOf(gate: Gate, facts: Partial<GateFacts>): string | undefined {
  const judgement = gate.judge({ ...fineFacts, ...facts });
  return judgement.allow ? undefined : judgement.reason;
}
