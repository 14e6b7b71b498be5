/** Denies a run unless the fix matches exactly one target. */
import { allowed, deniedForNow, type Gate } from "./gate.ts";

const maxNamed = 5;

export const target = {
  name: "target",
  needs: "target",
  judge: ({ fix, targets }) => {
    if (targets === undefined)
      return deniedForNow(`The target of ${fix.name} is not known.`, "later");
    if (targets.length === 1) return allowed;
    if (targets.length === 0)
      return deniedForNow(`The target of ${fix.name} matches nothing.`, "later");
    const names = targets.slice(0, maxNamed).map(({ name }) => name);
    const rest = targets.length > maxNamed ? ` and ${targets.length - maxNamed} more` : "";
    return deniedForNow(
      `The target of ${fix.name} is ambiguous: it matches ${names.join(", ")}${rest}, and a run acts on exactly one.`,
      "later",
    );
  },
} as const satisfies Gate;
