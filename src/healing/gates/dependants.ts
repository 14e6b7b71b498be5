/** Denies a run that would cut off containers that depend on the target, unless the fix has `with_dependants`. */
import { allowed, denied, type Gate, type Judgement } from "./gate.ts";
import type { FixLimits, TargetFacts } from "./gate-facts.ts";

const maxNamed = 5;

const how = {
  network: "lives in its network",
  depends_on: "depends on its service",
} as const;

type Facts = TargetFacts & { readonly fix: Pick<FixLimits, "name" | "withDependants"> };

/** A container that uses the network of another container loses it until it is restarted too. */
export const dependants = {
  name: "dependants",
  needs: "target",
  judge: ({ fix, targets = [] }: Facts): Judgement => {
    if (fix.withDependants === true) return allowed;
    const target = targets.find((one) => (one.dependants ?? []).length > 0);
    if (target === undefined) return allowed;
    const all = target.dependants ?? [];
    const named = all.slice(0, maxNamed).map(({ name, by }) => `${name} (${how[by]})`);
    const rest = all.length > maxNamed ? ` and ${all.length - maxNamed} more` : "";
    return denied(
      `What is done to ${target.name} would cut off ${named.join(", ")}${rest}. It is allowed once the fix says \`with_dependants: true\`.`,
    );
  },
} as const satisfies Gate;
