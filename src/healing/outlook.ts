/**
 * Says what the gates would answer now to a run of a fix, before any incident calls for it. Only the gates that need no
 * incident are asked. Pure.
 */
import { type CheckFinding, doubtful, fine } from "../finding.ts";
import { isPlanned } from "../incidents/freeze.ts";
import { isoToSecond } from "../iso-time.ts";
import type { Fix } from "./fix.ts";
import { breaker } from "./gates/breaker.ts";
import { budget } from "./gates/budget.ts";
import { concurrency } from "./gates/concurrency.ts";
import { cooldown } from "./gates/cooldown.ts";
import type { HistoryFacts } from "./gates/gate-facts.ts";
import { restored } from "./gates/restored.ts";
import { storm } from "./gates/storm.ts";

export interface OutlookFacts {
  readonly fix: Fix;
  readonly nowMs: number;
  readonly history: HistoryFacts;
  readonly restoredAtMs: number | undefined;
}

/** @param key of the fix in the configuration */
export function outlook(facts: OutlookFacts, key: string): readonly CheckFinding[] {
  const { fix } = facts;
  if (fix.mode === "off") return [fine("gates", `${fix.name}: is switched off`)];
  const reasons = [...freezeReasons(facts), ...gateReasons(facts)];
  if (reasons.length === 0) return [fine("gates", `${fix.name}: no gate would deny it now`)];
  return reasons.map((reason) =>
    doubtful("gates", {
      message: `${fix.name}: would be denied now: ${reason}`,
      hint: "Nothing to do if this is meant; it passes by itself, or by a person's word.",
      key,
      ask: "you",
    }),
  );
}

function gateReasons({ fix, nowMs, history, restoredAtMs }: OutlookFacts): readonly string[] {
  // An assumed new incident: its model has learned enough, and its newest row is from now.
  const standing = { newestRowMs: nowMs, cadenceMs: 0, warmUp: undefined, freeze: undefined };
  const facts = { ...history, ...standing, fix, nowMs, restoredAtMs };
  return [
    restored.judge(facts),
    cooldown.judge(facts),
    budget.judge(facts),
    storm.judge(facts),
    concurrency.judge(facts),
    breaker.judge(facts),
  ].flatMap((judgement) => (judgement.allow ? [] : [judgement.reason]));
}

/** Whether a freeze denies a run depends on the incident. So each freeze in force is named. */
function freezeReasons({ history, nowMs }: OutlookFacts): readonly string[] {
  return (history.freezes ?? [])
    .filter((freeze) => freeze.untilMs > nowMs && !isPlanned(freeze, nowMs))
    .map(
      ({ name, by, untilMs }) =>
        `the freeze "${name}" by ${by} is in force until ${isoToSecond(untilMs)}, for what it matches`,
    );
}
