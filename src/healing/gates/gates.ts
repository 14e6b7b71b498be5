/** The list of gates, in the order in which they judge. The list is the whole policy on when a run may happen. */

import type { GateAnswer } from "../../incidents/proposal.ts";
import { alreadyDone } from "./already-done.ts";
import { approval } from "./approval.ts";
import { breaker } from "./breaker.ts";
import { budget } from "./budget.ts";
import { concurrency } from "./concurrency.ts";
import { cooldown } from "./cooldown.ts";
import { declined } from "./declined.ts";
import { dependants } from "./dependants.ts";
import { fresh } from "./fresh.ts";
import { frozen } from "./frozen.ts";
import type { Denial, Gate, Judgement } from "./gate.ts";
import type { GateFacts } from "./gate-facts.ts";
import { healthyFloor } from "./healthy-floor.ts";
import { maintenance } from "./maintenance.ts";
import { refused } from "./refused.ts";
import { restored } from "./restored.ts";
import { storm } from "./storm.ts";
import { target } from "./target.ts";
import { tier } from "./tier.ts";
import { warmingUp } from "./warming-up.ts";

export const gates = [
  frozen,
  maintenance,
  fresh,
  restored,
  warmingUp,
  tier,
  target,
  refused,
  dependants,
  alreadyDone,
  declined,
  cooldown,
  budget,
  storm,
  concurrency,
  healthyFloor,
  breaker,
  approval,
] as const satisfies readonly Gate[];

type ListedGate = (typeof gates)[number];

export type GateName = ListedGate["name"];

/**
 * The gates at the beginning of the list, up to the first one that needs more than the facts at hand. If one of them
 * denies, the engine is not asked for a target. So these denials work while the engine is unavailable.
 */
export const gatesBeforeTarget = leading(gates, (gate) => gate.needs === "nothing");

/** The gates that can judge without an engine, as in `driftwarden tune`. */
export const gatesWithoutTarget = gates.filter((gate) => gate.needs !== "target");

export type Decision = { readonly allow: true } | (Denial & { readonly gate: GateName });

interface Asked<Facts> {
  readonly name: GateName;
  readonly judge: (facts: Facts) => Judgement;
}

/**
 * The first denial, with its gate; or `allow` when no gate denies.
 *
 * @param asked gates of the list above; `facts` must hold what each of them needs
 */
export function judgeAll<Facts>(asked: readonly Asked<Facts>[], facts: Facts): Decision {
  for (const gate of asked) {
    const judgement = gate.judge(facts);
    if (!judgement.allow) return { ...judgement, gate: gate.name };
  }
  return { allow: true };
}

/**
 * The answer of each gate in the list, also after a denial.
 *
 * @param facts what is known; without targets, a gate that needs more than the facts at hand answers `unknown`, except
 *   the gate `target`, which denies
 */
export function answersOf(facts: GateFacts): readonly GateAnswer[] {
  return gates.map((gate): GateAnswer => {
    if (facts.targets === undefined && gate.needs !== "nothing" && gate.name !== "target")
      return { gate: gate.name, answer: "unknown" };
    const judgement = gate.judge(facts);
    return judgement.allow
      ? { gate: gate.name, answer: "allows" }
      : { gate: gate.name, answer: "denies", reason: judgement.reason };
  });
}

function leading<Item, Wanted extends Item>(
  list: readonly Item[],
  isWanted: (item: Item) => item is Wanted,
): readonly Wanted[] {
  const taken: Wanted[] = [];
  for (const item of list) {
    if (!isWanted(item)) break;
    taken.push(item);
  }
  return taken;
}
