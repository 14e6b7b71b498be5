/** Denies a run that would leave fewer healthy containers of the target's service than `healthy_floor`. */
import type { Target } from "../../../remediations/remediation.ts";
import { nameOfTargets, nextOf } from "../replicas.ts";
import { allowed, denied, deniedForNow, type Gate, type Judgement } from "./gate.ts";
import type { FixLimits, TargetFacts } from "./gate-facts.ts";

type Facts = TargetFacts & {
  readonly fix: Pick<FixLimits, "name" | "healthyFloor">;
  readonly allAtOnce?: boolean;
};

/**
 * Containers that the run restarts do not count as healthy: the target, the replica whose turn it is, or all replicas
 * at once. So a service of one container needs a floor of 0.
 */
export const healthyFloor = {
  name: "healthy_floor",
  needs: "target",
  judge: ({ fix, targets = [], allAtOnce = false }: Facts): Judgement => {
    const { healthyFloor: floor = 0 } = fix;
    const target = nextOf(targets);
    if (target === undefined) return allowed;
    const away = allAtOnce ? targets : [target];
    const { others, healthy } = besides(target, away);
    // Written so that a count that is not a number denies.
    if (healthy >= floor) return allowed;
    const reason = `Without ${nameOfTargets(away)} its service would have ${healthy} of ${others} other containers healthy, and \`healthy_floor\` wants ${floor}.`;
    return others >= floor ? deniedForNow(reason, "later") : denied(reason);
  },
} as const satisfies Gate;

/** The containers of the service that run and that the run does not restart. */
function besides(target: Target, away: readonly Target[]): NonNullable<Target["siblings"]> {
  const { others, healthy } = target.siblings ?? { others: 0, healthy: 0 };
  const also = away.filter(({ id }) => id !== target.id);
  return {
    others: others - also.length,
    healthy: healthy - also.filter((one) => one.healthy === true).length,
  };
}
