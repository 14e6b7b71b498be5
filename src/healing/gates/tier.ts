/** Denies a run whose remediation has the tier `never`, or has the tier `approval` while the run needs no approval. */
import { allowed, denied, type Gate } from "./gate.ts";

export const tier = {
  name: "tier",
  needs: "nothing",
  judge: ({ fix, asks }) => {
    if (fix.tier === "auto" || (fix.tier === "approval" && asks === true)) return allowed;
    return denied(
      fix.tier === "never"
        ? `What ${fix.name} does is never done, even if approved.`
        : `What ${fix.name} does needs a person's approval.`,
    );
  },
} as const satisfies Gate;
