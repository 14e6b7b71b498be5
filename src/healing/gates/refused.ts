/** Denies a run on a target that the refuse list names, whatever its labels and the configuration say. */
import { allowed, denied, type Gate } from "./gate.ts";

export const refused = {
  name: "refused",
  needs: "target",
  judge: ({ targets }) => {
    const reason = targets?.find((target) => target.refusal !== undefined)?.refusal;
    return reason === undefined ? allowed : denied(reason);
  },
} as const satisfies Gate;
