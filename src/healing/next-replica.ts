/** Decides which replica of a run is next, and whether the run may continue. Pure. */
import type { Target } from "../../remediations/remediation.ts";
import type { Incident } from "../incidents/incident.ts";
import type { RunReplica } from "../incidents/run-replica.ts";
import { heldNow } from "./decide-run.ts";
import type { Fix } from "./fix.ts";
import { frozen } from "./gates/frozen.ts";
import type { FactsAtHand } from "./gates/gate-facts.ts";
import { judgeAll } from "./gates/gates.ts";
import { healthyFloor } from "./gates/healthy-floor.ts";
import { maintenance } from "./gates/maintenance.ts";
import { areOne, nextOf, targetOfReplica } from "./replicas.ts";
import type { SaidSince } from "./roll-ledger.ts";

/** The facts between two acts of a run. */
export interface Between {
  readonly run: { readonly replicas: readonly RunReplica[] };
  /** What the fix matches now. */
  readonly targets: readonly Target[];
  readonly fix: Fix;
  readonly allAtOnce: boolean;
}

/** The replicas whose turn it is, or why the run ends here. */
export type NextReplicas = { readonly next: readonly RunReplica[] } | { readonly because: string };

/** All planned replicas, or one of them: the first that is not healthy, else the first. */
export function nextReplicas({ run, targets, fix, allAtOnce }: Between): NextReplicas {
  if (targets.length > 0 && !areOne(targets))
    return { because: `What ${fix.name} matches is no longer one service.` };
  const seen = new Map(targets.map((target) => [target.id, target]));
  const fallen = run.replicas.find(
    ({ status, targetId }) => status === "back" && seen.get(targetId)?.healthy !== true,
  );
  if (fallen !== undefined) return { because: `${fallen.targetName} did not stay healthy.` };
  const planned = run.replicas.filter(({ status }) => status === "planned");
  // A replica that is gone counts as not healthy, so it comes first. Its act then reports a changed target, and the run
  // ends.
  const open = planned.map(
    (one) => seen.get(one.targetId) ?? { ...targetOfReplica(one), healthy: false },
  );
  const floor = healthyFloor.judge({ fix, targets: open, allAtOnce });
  if (!floor.allow) return { because: floor.reason };
  const turn = nextOf(open);
  return { next: allAtOnce ? planned : planned.filter(({ targetId }) => targetId === turn?.id) };
}

/** Why no further act may begin: a freeze, a silence or a maintenance window. Undefined when one may. */
export function heldBetween(
  {
    facts,
    fix,
    incident,
    targets,
  }: {
    readonly facts: FactsAtHand;
    readonly fix: Fix;
    readonly incident: Incident;
    readonly targets: readonly Target[];
  },
  said: SaidSince,
): string | undefined {
  const held = heldNow({ facts, fix, incident, targets }, said);
  const decision = judgeAll([frozen, maintenance], { ...facts, ...held });
  return decision.allow ? undefined : decision.reason;
}
