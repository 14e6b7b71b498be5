/** Nobody repairs by what is known of a slow model after its first few attributions. */
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
