/** The gates, in the order in which they are asked: the whole policy of when a run may happen, on one page. */
import { budget } from "./budget.ts";
import { cooldown } from "./cooldown.ts";
import { fresh } from "./fresh.ts";
import { frozen } from "./frozen.ts";
import type { Gate, GateName } from "./gate.ts";
import type { GateFacts } from "./gate-facts.ts";
import { refused } from "./refused.ts";
import { restored } from "./restored.ts";
import { target } from "./target.ts";
import { tier } from "./tier.ts";
import { provisional } from "./warming-up.ts";

/** What needs no target: what they deny is denied without asking anybody for one, as when the engine is away. */
const beforeTarget: readonly Gate[] = [frozen, fresh, restored, provisional, tier];

export const gates: readonly Gate[] = [...beforeTarget, target, refused, cooldown, budget];

export type Decision =
  | { readonly allow: true }
  | { readonly allow: false; readonly gate: GateName; readonly reason: string };

/** Whether it is worth asking for a target. */
export function judgeBeforeTarget(facts: Omit<GateFacts, TargetFacts>): Decision {
  return judgeAll(beforeTarget, {
    ...facts,
    targets: [],
    attempts: [],
    lastAttemptEndMs: undefined,
  });
}

type TargetFacts = "targets" | "attempts" | "lastAttemptEndMs";

/** The first denial, with the gate that made it; or allow, when no gate denies. */
export function judgeAll(asked: readonly Gate[], facts: GateFacts): Decision {
  for (const gate of asked) {
    const judgement = gate.judge(facts);
    if (!judgement.allow) return { allow: false, gate: gate.name, reason: judgement.reason };
  }
  return { allow: true };
}
