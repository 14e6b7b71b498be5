/** Denies a run while a freeze, which a person has declared, matches the fix. */
import { allowed, deniedForNow, type Gate } from "./gate.ts";

export const frozen = {
  name: "frozen",
  needs: "nothing",
  judge: ({ freeze }) =>
    freeze === undefined
      ? allowed
      : deniedForNow(`The freeze "${freeze.name}" forbids runs now.`, "later"),
} as const satisfies Gate;
