/** No runs while a freeze matches: somebody said so. */
import { allowed, denied, type Gate } from "./gate.ts";

export const frozen: Gate = {
  name: "frozen",
  judge: ({ freeze }) =>
    freeze === undefined ? allowed : denied(`The freeze "${freeze.name}" forbids runs now.`),
};
