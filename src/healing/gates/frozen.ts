/** Denies a run while a person's freeze or silence matches it. */
import { allowed, deniedForNow, type Gate, timeText } from "./gate.ts";

export const frozen = {
  name: "frozen",
  needs: "nothing",
  judge: ({ freeze }) => {
    if (freeze === undefined) return allowed;
    const { name, untilMs, by, reason = "" } = freeze;
    if (untilMs === undefined || !Number.isFinite(untilMs))
      return deniedForNow(`The freeze "${name}" forbids runs now.`, "later");
    const what = by === undefined ? name : `freeze "${name}" by ${by} (${shortened(reason)})`;
    return deniedForNow(`The ${what} forbids runs until ${timeText(untilMs)}.`, untilMs);
  },
} as const satisfies Gate;

/** The list of freezes shows the whole reason. */
const shortened = (reason: string): string =>
  reason.length > 200 ? `${reason.slice(0, 199)}…` : reason;
