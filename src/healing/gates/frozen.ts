/** Denies a run while a freeze or a silence, which a person has declared, matches the fix. */
import { allowed, deniedForNow, type Gate, timeText } from "./gate.ts";

export const frozen = {
  name: "frozen",
  needs: "nothing",
  judge: ({ freeze }) => {
    if (freeze === undefined) return allowed;
    const { name, untilMs } = freeze;
    if (untilMs === undefined || !Number.isFinite(untilMs))
      return deniedForNow(`The freeze "${name}" forbids runs now.`, "later");
    return deniedForNow(`The ${name} forbids runs until ${timeText(untilMs)}.`, untilMs);
  },
} as const satisfies Gate;
