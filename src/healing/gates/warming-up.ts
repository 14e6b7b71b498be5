/** Denies a run for a slow model whose warm-up is not complete. */
import { allowed, denied, type Gate } from "./gate.ts";

export const warmingUp = {
  name: "provisional",
  needs: "nothing",
  judge: ({ warmUp }) => {
    if (warmUp === undefined) return allowed;
    const how = warmUp === "provisional" ? "" : `, learned from ${warmUp} attributions`;
    return denied(`The finding is provisional${how}: the model is slow and not known well yet.`);
  },
} as const satisfies Gate;
