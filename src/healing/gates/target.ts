/** Denies a run unless the fix matches one target, or replicas of one service. */
import { areOne } from "../replicas.ts";
import { allowed, deniedForNow, type Gate } from "./gate.ts";

const maxNamed = 5;

export const target = {
  name: "target",
  needs: "target",
  judge: ({ fix, targets }) => {
    if (targets === undefined)
      return deniedForNow(`The target of ${fix.name} is not known.`, "later");
    if (areOne(targets)) return allowed;
    if (targets.length === 0)
      return deniedForNow(`The target of ${fix.name} matches nothing.`, "later");
    const names = targets
      .slice(0, maxNamed)
      .map(({ name, is }) => (is === undefined ? name : `${name} (${is})`));
    const rest = targets.length > maxNamed ? ` and ${targets.length - maxNamed} more` : "";
    return deniedForNow(
      `The target of ${fix.name} is ambiguous: it matches ${names.join(", ")}${rest}, and a run acts on one container, or on replicas of one service.`,
      "later",
    );
  },
} as const satisfies Gate;
