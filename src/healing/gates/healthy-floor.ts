/** Denies a run that would leave fewer healthy containers of the target's service than `healthy_floor`. */
import { allowed, denied, deniedForNow, type Gate, type Judgement } from "./gate.ts";
import type { FixLimits, TargetFacts } from "./gate-facts.ts";

type Facts = TargetFacts & { readonly fix: Pick<FixLimits, "name" | "healthyFloor"> };

/** The target itself does not count: it is away while it restarts. One container alone needs a floor of 0. */
export const healthyFloor = {
  name: "healthy_floor",
  needs: "target",
  judge: ({ fix, targets = [] }: Facts): Judgement => {
    const { healthyFloor: floor = 0 } = fix;
    const [target] = targets;
    if (target === undefined) return allowed;
    const { others, healthy } = target.siblings ?? { others: 0, healthy: 0 };
    // Written so that a count that is not a number denies.
    if (healthy >= floor) return allowed;
    const reason = `Without ${target.name} its service would have ${healthy} of ${others} other containers healthy, and \`healthy_floor\` wants ${floor}.`;
    return others >= floor ? deniedForNow(reason, "later") : denied(reason);
  },
} as const satisfies Gate;
