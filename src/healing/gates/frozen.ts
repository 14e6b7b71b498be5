/** Denies a run while a freeze, which a person has declared, matches the fix. */
import { allowed, denied, type Gate } from "./gate.ts";

export const frozen = {
  name: "frozen",
  needs: "nothing",
  judge: ({ freeze }) =>
    freeze === undefined ? allowed : denied(`The freeze "${freeze.name}" forbids runs now.`),
} as const satisfies Gate;
