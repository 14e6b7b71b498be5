/** Denies a run while another run acts on its target, or while `concurrency` runs of any fix act. */
import { allowed, deniedForNow, type Gate } from "./gate.ts";

/** An act ends within its deadline, which is a matter of seconds. */
const soonMs = 15_000;

export const concurrency = {
  name: "concurrency",
  needs: "history",
  judge: ({ nowMs, fix, target, acting = [], actingHere }) => {
    const retryAtMs = nowMs + soonMs;
    if (actingHere !== undefined)
      return deniedForNow(`${actingHere} acts on ${target?.name ?? "it"} now.`, retryAtMs);
    if (acting.length < fix.concurrency) return allowed;
    const others = acting.length === 1 ? `${acting[0]} acts` : `${acting.length} others act`;
    return deniedForNow(`${others} now, and ${fix.concurrency} may at the same time.`, retryAtMs);
  },
} as const satisfies Gate;
