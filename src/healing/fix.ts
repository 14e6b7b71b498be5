/** A fix: the rule in the configuration that says which remediation an incident needs. */
import type { Tier } from "../../remediations/remediation.ts";
import { fitsCondition, type IncidentCondition } from "../incidents/condition.ts";
import { isFixable } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Budget } from "./budgets.ts";
import type { StormLimits } from "./gates/gate-facts.ts";
import type { MaintenanceWindow } from "./maintenance.ts";
import type { ApprovalSettings } from "./proposing.ts";

/**
 * What a fix may do. off: nothing · observe: reports what it would have done · approve: asks a person when every other
 * gate allows it · auto: acts when every gate allows it.
 */
export type FixMode = "off" | "observe" | "approve" | "auto";

export interface Fix {
  readonly name: string;
  /** A condition without any list matches nothing. */
  readonly when: IncidentCondition;
  /** Name of the remediation. */
  readonly remediation: string;
  readonly tier: Tier;
  readonly mode: FixMode;
  /** Pause after the end of the last attempt, ms. */
  readonly cooldownMs: number;
  readonly budgets: readonly Budget[];
  /** How many runs of all fixes may act at the same time. */
  readonly concurrency: number;
  /** Left out: none. */
  readonly maintenance?: readonly MaintenanceWindow[];
  /** Left out: no number of targets or models is a storm. */
  readonly storm?: StormLimits;
  /** How a proposal is answered. Left out: the defaults. */
  readonly approval?: ApprovalSettings;
  /** Whether it may cut off the containers that depend on its target. Default false. */
  readonly withDependants?: boolean;
  /** How many other containers of the target's service have to be healthy. Default 0. */
  readonly healthyFloor?: number;
  /** How long a replica has to become healthy before the next one is restarted, ms. Default 5 min. */
  readonly healthyWithinMs?: number;
}

/** Whether the condition of the fix matches the incident and its newest episode. */
export function calledFor(fix: Fix, incident: Incident): boolean {
  const { models, features, kinds, severities } = fix.when;
  const given = [models, features, kinds, severities].filter((list) => list !== undefined);
  if (fix.mode === "off" || given.length === 0) return false;
  if (!isFixable(incident.episode.kind)) return false;
  return fitsCondition(fix.when, incident);
}
